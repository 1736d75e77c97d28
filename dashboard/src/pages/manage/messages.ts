import type { Catalogue } from "../../i18n/language";

export const PARTS = ["roster", "course", "thresholds", "upload", "evidence"] as const;
export type Part = (typeof PARTS)[number];

const en = {
  title: "Manage",
  subtitle: (name: string) => `Who is in ${name}, what it is taught, and what its levels rest on`,
  archived: "This class is archived. Lists and analyses leave it out; nothing is lost.",
  parts: { roster: "Roster", course: "Course links", thresholds: "Thresholds", upload: "Upload", evidence: "Evidence" } as Record<Part, string>,
  partsLabel: "Parts of this page",
  noClass: "This class does not exist, or you do not teach it.",
  noClassHint: "If you should see it, ask your administrator to add you.",
  onlyStaff: "This page is for teachers and administrators.",
  onlyStaffHint: "You can see the class and change nothing here.",
  only: {
    roster: "You can see who is in the class. Administrators change it.",
    names: "You can register students and change their names. Administrators put them into classes.",
    links: "You can see what comes before what. Administrators change it, because it holds for all classes.",
    thresholds: "You can see the thresholds. Administrators change them, because they hold for all classes of the course.",
    upload: "Administrators upload files of answers. Ask yours, or send them the file.",
    judge: "Teachers of the class and administrators record evidence.",
  },
  leave: "You have not saved what you entered. Leave it?",
  notSaved: "Nothing was changed.",
  noReply: "No reply from the service. It is not known whether the change was saved: look before you send it again.",
  sent: (value: string) => `You sent: ${value}`,
  refusals: {
    UNAVAILABLE: "The database does not answer now. Try again in a moment.",
    FORBIDDEN: "Your role does not allow this.",
    RATE_LIMITED: "Too many requests. Wait a moment and try again.",
    NO_REPLY: "",
  } as Record<string, string>,
  sending: "Sending …",
  nothingFound: "Nothing found",
  required: "This is needed.",
  cancel: "Cancel",
};

const de: typeof en = {
  title: "Verwalten",
  subtitle: (name) => `Wer in ${name} ist, was gelehrt wird und worauf die Stände beruhen`,
  archived: "Diese Klasse ist archiviert. Listen und Auswertungen lassen sie aus; nichts ist verloren.",
  parts: { roster: "Klassenliste", course: "Voraussetzungen", thresholds: "Schwellen", upload: "Hochladen", evidence: "Belege" },
  partsLabel: "Teile dieser Seite",
  noClass: "Diese Klasse gibt es nicht, oder Sie unterrichten sie nicht.",
  noClassHint: "Wenn Sie sie sehen sollten, bitten Sie Ihre Verwaltung, Sie einzutragen.",
  onlyStaff: "Diese Seite ist für Lehrkräfte und die Verwaltung.",
  onlyStaffHint: "Sie können die Klasse sehen und hier nichts ändern.",
  only: {
    roster: "Sie sehen, wer in der Klasse ist. Die Verwaltung ändert es.",
    names: "Sie können Lernende anmelden und ihre Namen ändern. Die Verwaltung nimmt sie in Klassen auf.",
    links: "Sie sehen, was vor was kommt. Die Verwaltung ändert es, denn es gilt für alle Klassen.",
    thresholds: "Sie sehen die Schwellen. Die Verwaltung ändert sie, denn sie gelten für alle Klassen des Kurses.",
    upload: "Die Verwaltung lädt Dateien mit Antworten hoch. Fragen Sie dort, oder schicken Sie die Datei hin.",
    judge: "Lehrkräfte der Klasse und die Verwaltung tragen Belege ein.",
  },
  leave: "Ihre Eingaben sind nicht gespeichert. Verlassen?",
  notSaved: "Es wurde nichts geändert.",
  noReply: "Der Dienst antwortet nicht. Ob die Änderung gespeichert ist, ist offen: Sehen Sie nach, bevor Sie sie noch einmal senden.",
  sent: (value) => `Gesendet: ${value}`,
  refusals: {
    UNAVAILABLE: "Die Datenbank antwortet gerade nicht. Versuchen Sie es gleich noch einmal.",
    FORBIDDEN: "Ihre Rolle erlaubt das nicht.",
    RATE_LIMITED: "Zu viele Anfragen. Warten Sie kurz und versuchen Sie es noch einmal.",
    NO_REPLY: "",
  },
  sending: "Sendet …",
  nothingFound: "Nichts gefunden",
  required: "Das wird gebraucht.",
  cancel: "Abbrechen",
};

export default { en, de } satisfies Catalogue<typeof en>;
