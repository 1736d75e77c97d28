/** Filters, legend, table and details of the heat map, once the levels have come. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { formatList, formatNumber } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import type { HeatState } from "./heat_address";
import { HeatFilters } from "./heat_filters";
import { HeatLegend, type Limits } from "./heat_legend";
import type { Shown } from "./heat_map_card";
import { HeatNews } from "./heat_news";
import { HeatNothing } from "./heat_nothing";
import { pageMeasure, sizesOf } from "./heat_sizes";
import { HeatTable, type Chosen } from "./heat_table";
import { countColumns, sumCounts, type Sort } from "./heat_view";
import { thresholdsInForce } from "./matrix";
import messages from "./messages";
import { useRings, type Patches } from "./patches";
import { TileDetails } from "./tile_details";
import { usePrinting } from "./use_window";

interface HeatMapProps {
  group: string;
  shown: Shown;
  patches: Patches;
  state: HeatState;
  change: (change: Partial<HeatState>) => void;
  only: { label: string; studentIds: readonly string[] } | null;
  clearOnly: () => void;
}

/** Rows before "Show all". */
const FIRST = 15;

/** Thresholds in force with the columns that have them, those of most columns first. */
function limitsOf({ heatmap, view, matrix }: Shown): Limits[] {
  const inForce = thresholdsInForce(heatmap);
  const byValue = new Map<string, { thresholds: (typeof inForce)[number]; names: string[] }>();
  for (const column of view.columns) {
    const thresholds = inForce[column]!;
    const key = `${thresholds.focus} ${thresholds.mastered}`;
    const entry = byValue.get(key) ?? { thresholds, names: [] };
    entry.names.push(matrix.columns[column]!.name);
    byValue.set(key, entry);
  }
  return [...byValue.values()].sort((a, b) => b.names.length - a.names.length);
}

export function HeatMap({ group, shown, patches, state, change, only, clearOnly }: HeatMapProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { matrix, view } = shown;
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const onlyAtFirst = useRef(only);
  const isPrinting = usePrinting();
  const rings = useRings(patches);
  const counts = useMemo(() => countColumns(matrix, view.candidates), [matrix, view.candidates]);
  const sizes = useMemo(
    () =>
      sizesOf(
        matrix.rows.map(({ student }) => student.name),
        view.columns.map((column) => matrix.columns[column]!.name),
        say.needFocus(formatNumber(matrix.rows.length, language)),
        pageMeasure(),
      ),
    [matrix.columns, view.columns, language],
  );
  const limits = useMemo(() => limitsOf(shown), [shown.heatmap, view.columns]);
  const isWhole = isOpen || isPrinting || only !== null || view.rows.length <= FIRST;
  const rows = useMemo(() => (isWhole ? view.rows : view.rows.slice(0, FIRST)), [isWhole, view.rows]);
  const onSort = useMemo(() => (sort: Sort | null) => change({ sort }), []);
  if (view.columns.length === 0) {
    return (
      <>
        <h3>{say.emptyTitle}</h3>
        <p class="muted">{say.empty}</p>
      </>
    );
  }
  const number = (value: number) => formatNumber(value, language);
  const total = sumCounts(counts, view.columns);
  const target = matrix.columns.find(({ id }) => id === state.sort?.target);
  const order =
    state.sort === null || (state.sort.target !== null && target === undefined)
      ? say.mostToDo
      : target === undefined
        ? say.byName(state.sort.descending)
        : say.sortedBy(target.name, state.sort.descending);
  return (
    <>
      <HeatFilters counts={total} filter={state.status} onFilter={(status) => change({ status })} only={only?.label ?? null} isNew={only !== onlyAtFirst.current} clearOnly={clearOnly} />
      <HeatLegend limits={limits} own={state.own} onOwn={(own) => change({ own })} />
      {view.rows.length === 0 ? (
        <HeatNothing counts={total} status={state.status} only={only?.label ?? null} clear={() => (state.status === null ? clearOnly() : change({ status: null }))} />
      ) : (
        <HeatTable
          group={group}
          matrix={matrix}
          columns={view.columns}
          rows={rows}
          total={view.rows.length}
          counts={counts}
          size={view.candidates.length}
          sizes={sizes}
          sort={state.sort}
          onSort={onSort}
          filter={state.status}
          rings={rings}
          open={setChosen}
        />
      )}
      {view.rows.length > 0 && (
        <div class="row between more">
          {only === null && view.rows.length > FIRST && (
            <button type="button" class="btn" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? say.showFirst(number(FIRST)) : say.showAll(number(view.rows.length))}
            </button>
          )}
          <p class="small faint">
            {view.rows.length < matrix.rows.length && `${say.shown(number(view.rows.length), number(matrix.rows.length))} `}
            {order}{" "}
            {state.sort !== null && (
              <button type="button" class="link" onClick={() => change({ sort: null })}>
                {say.unsort}
              </button>
            )}{" "}
            {view.unused.length > 0 && say.unused(formatList(view.unused.map(({ name }) => name), language))}
          </p>
        </div>
      )}
      <HeatNews patches={patches} matrix={matrix} />
      {chosen !== null && matrix.rows[chosen.row] !== undefined && (
        <TileDetails
          key={`${chosen.row} ${chosen.column}`}
          group={group}
          kind={matrix.kind}
          anchor={chosen.anchor}
          student={matrix.rows[chosen.row]!.student}
          target={matrix.columns[chosen.column]!}
          level={matrix.rows[chosen.row]!.levels[chosen.column] ?? null}
          thresholds={matrix.thresholds[chosen.column]!}
          close={() => setChosen(null)}
        />
      )}
    </>
  );
}
