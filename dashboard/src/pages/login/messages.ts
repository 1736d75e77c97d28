import type { Catalogue } from "../../i18n/language";

const en = {
  title: "Log in",
  why: "You see what you are allowed to see: teachers their classes, students their own page.",
  over: "Your login has ended. Log in again to go on where you were.",
  provider: "Log in with your account",
  going: "Going to the login page",
  finishing: "Logging in",
  withToken: "Log in with a token",
  token: "Token",
  tokenHint: "Your administrator gives you one. It is kept in this tab only, until you log out or close it.",
  submit: "Log in",
  checking: "Checking the token",
  missing: "Paste a token first.",
  refused: "The service does not accept this token.",
  silent: "No reply from the service. Try again.",
  failed: "The login did not work.",
  unreachable: "The login page could not be reached.",
  notPending: "This login was not begun in this tab, or it is used already.",
  again: "Log in again",
  ends: (time: string) => `Your login ends at ${time}.`,
  ownPage: "Go to your page",
};

const de: typeof en = {
  title: "Anmelden",
  why: "Sie sehen, was Sie sehen dürfen: Lehrkräfte ihre Klassen, Lernende die eigene Seite.",
  over: "Ihre Anmeldung ist abgelaufen. Melden Sie sich neu an, dann geht es an derselben Stelle weiter.",
  provider: "Mit Ihrem Konto anmelden",
  going: "Die Anmeldeseite wird geöffnet",
  finishing: "Sie werden angemeldet",
  withToken: "Mit einem Token anmelden",
  token: "Token",
  tokenHint: "Sie bekommen es von Ihrer Verwaltung. Es bleibt nur in diesem Tab, bis Sie sich abmelden oder ihn schließen.",
  submit: "Anmelden",
  checking: "Das Token wird geprüft",
  missing: "Fügen Sie zuerst ein Token ein.",
  refused: "Der Dienst nimmt dieses Token nicht an.",
  silent: "Der Dienst antwortet nicht. Versuchen Sie es noch einmal.",
  failed: "Die Anmeldung ist fehlgeschlagen.",
  unreachable: "Die Anmeldeseite ist nicht erreichbar.",
  notPending: "Diese Anmeldung wurde nicht in diesem Tab begonnen, oder sie ist schon benutzt.",
  again: "Neu anmelden",
  ends: (time) => `Ihre Anmeldung endet um ${time}.`,
  ownPage: "Zu Ihrer Seite",
};

export default { en, de } satisfies Catalogue<typeof en>;
