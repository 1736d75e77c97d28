/** Lays a map out, away from the page: 500 concepts take seconds. */
import { layOut } from "./map_layout";
import type { Structure } from "./map_places";

addEventListener("message", ({ data }: MessageEvent<Structure>) => postMessage(layOut(data)));
