/** The language of the page, and the messages in it. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export type Language = "en" | "de";
export const LANGUAGES: readonly Language[] = ["en", "de"];

/** Messages of one page or part. The German ones have the type of the English ones: a missing message fails the build. */
export type Catalogue<M> = Record<Language, M>;

export const LanguageContext = createContext<{ language: Language; choose: (language: Language) => void }>({
  language: "en",
  choose: () => undefined,
});

export function useLanguage(): Language {
  return useContext(LanguageContext).language;
}

export function useMessages<M>(catalogue: Catalogue<M>): M {
  return catalogue[useLanguage()];
}

/** The language that was chosen here, else the first of the browser's that exists, else English. */
export function firstLanguage(stored: string | null, preferred: readonly string[]): Language {
  const wanted = [stored, ...preferred.map((tag) => tag.slice(0, 2))];
  return LANGUAGES.find((language) => wanted.find((tag) => LANGUAGES.includes(tag as Language)) === language) ?? "en";
}

/** The service's name of a language, for its messages: `message(locale: $locale)`. */
export function localeOf(language: Language): "EN" | "DE" {
  return language === "de" ? "DE" : "EN";
}
