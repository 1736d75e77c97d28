/** Rules of CSS that depend on data. The policy of the page allows no style element, but a sheet that a script makes. */
import { useLayoutEffect } from "preact/hooks";

/** The document has the rules as long as the component is shown. */
export function useRules(rules: string): void {
  useLayoutEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  }, [rules]);
}
