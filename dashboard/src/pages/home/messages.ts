import { plural } from "../../i18n/format";
import type { Catalogue } from "../../i18n/language";

const en = {
  title: "Your classes",
  allTitle: "All classes",
  count: (count: string, one: boolean) => `${count} ${one ? "class" : "classes"}`,
  search: "Search by name",
  students: (count: number, written: string) => `${written} ${plural(count, "student", "students")}`,
  none: "You have no classes yet",
  noneWhy: "Ask your administrator to add you to a class as a teacher.",
  noneAdministrator: "There are no classes yet",
  noneAdministratorWhy: "Create the first one over the API (upsertGroup), or load the demo class.",
  nothing: (search: string) => `No class is called “${search}”`,
  clear: "Show all classes",
  matches: (count: number) => `${count} ${plural(count, "class matches", "classes match")}.`,
  more: "Show more",
};

const de: typeof en = {
  title: "Ihre Klassen",
  allTitle: "Alle Klassen",
  count: (count, one) => `${count} ${one ? "Klasse" : "Klassen"}`,
  search: "Nach Namen suchen",
  students: (count, written) => `${written} ${plural(count, "Person", "Lernende")}`,
  none: "Sie haben noch keine Klassen",
  noneWhy: "Bitten Sie Ihre Verwaltung, Sie als Lehrkraft in eine Klasse einzutragen.",
  noneAdministrator: "Es gibt noch keine Klassen",
  noneAdministratorWhy: "Legen Sie die erste über die API an (upsertGroup), oder laden Sie die Demoklasse.",
  nothing: (search) => `Keine Klasse heißt „${search}“`,
  clear: "Alle Klassen zeigen",
  matches: (count) => `${count} ${plural(count, "Klasse passt", "Klassen passen")}.`,
  more: "Mehr zeigen",
};

export default { en, de } satisfies Catalogue<typeof en>;
