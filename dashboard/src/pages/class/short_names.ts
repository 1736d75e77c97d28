/** Names as short as they stay clear: "Yara", or "Yara Egret" if there is another Yara among them. */
export function shortNames(names: readonly string[]): Map<string, string> {
  const first = (name: string) => name.trim().split(/\s+/)[0] ?? name;
  const uses = new Map<string, Set<string>>();
  for (const name of names) uses.set(first(name), (uses.get(first(name)) ?? new Set()).add(name));
  return new Map(names.map((name) => [name, uses.get(first(name))!.size === 1 ? first(name) : name]));
}
