/** Lays a map out, away from the page: 500 concepts take seconds. */
import { layOut, type Structure } from "./map_layout";

addEventListener("message", ({ data }: MessageEvent<Structure>) => postMessage(layOut(data)));
