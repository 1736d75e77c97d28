/** Students pasted as lines "id, name": from a spreadsheet (tabs), a CSV file, or typed. */
export interface PastedStudent {
  id: string;
  /** Null leaves a stored name as it is. */
  name: string | null;
}

export type LineFaultKind = "noId" | "longId" | "longName" | "repeated" | "tooMany";

export interface LineFault {
  line: number;
  kind: LineFaultKind;
  text: string;
}

/** The service's limits of an id and a name. */
const LONGEST_ID = 200;
const LONGEST_NAME = 100;
export const MOST_LINES = 500;

const HEADER = /^"?(id|student|student[ _]?id)"?\s*[,;\t]\s*"?name"?$/i;

export function parseLines(text: string): { students: PastedStudent[]; faults: LineFault[] } {
  const students: PastedStudent[] = [];
  const faults: LineFault[] = [];
  const seen = new Set<string>();
  text.split(/\r?\n/).forEach((row, index) => {
    const line = index + 1;
    if (row.trim() === "" || (students.length === 0 && HEADER.test(row.trim()))) return;
    const [id, name] = cells(row);
    const fault = (kind: LineFaultKind) => faults.push({ line, kind, text: row.trim() });
    if (id === "") fault("noId");
    else if (id.length > LONGEST_ID) fault("longId");
    else if (name.length > LONGEST_NAME) fault("longName");
    else if (seen.has(id)) fault("repeated");
    else if (students.length === MOST_LINES) fault("tooMany");
    else {
      seen.add(id);
      students.push({ id, name: name === "" ? null : name });
    }
  });
  return { students, faults };
}

/** The id, and the rest as the name: "Egret, Yara" stays whole behind a tab or semicolon. */
function cells(row: string): [string, string] {
  const separator = ["\t", ";", ","].find((each) => row.includes(each));
  if (separator === undefined) return [unquoted(row), ""];
  const at = row.indexOf(separator);
  return [unquoted(row.slice(0, at)), unquoted(row.slice(at + 1))];
}

function unquoted(cell: string): string {
  const text = cell.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"').trim() : text;
}
