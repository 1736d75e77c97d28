import { expect, test } from "vitest";
import { areaOf, centreOn, fitAll, frameHeight, hit, keepInside, LEAST, MOST, reveal, zoomAt } from "./viewport";

const FRAME = { width: 800, height: 400 };

test("all of a map fits, and a small map is not enlarged", () => {
  expect(fitAll({ width: 1600, height: 400 }, FRAME)).toEqual({ scale: 0.5, x: 0, y: 100 });
  expect(fitAll({ width: 400, height: 200 }, FRAME)).toEqual({ scale: 1, x: 200, y: 100 });
});

test("the frame is as high as the map unless that is too high", () => {
  expect(frameHeight({ width: 1600, height: 1000 }, 800, 900, false)).toBe(500);
  expect(frameHeight({ width: 1000, height: 1200 }, 1000, 900, false)).toBe(1200);
  expect(frameHeight({ width: 1000, height: 1200 }, 1000, 900, true)).toBe(720);
  expect(frameHeight({ width: 1000, height: 9000 }, 1000, 900, false)).toBe(720);
});

test("zooming holds the point under the pointer, within bounds", () => {
  const view = zoomAt({ x: 10, y: 20, scale: 1 }, 110, 220, 2);
  expect((110 - view.x) / view.scale).toBe(100);
  expect((220 - view.y) / view.scale).toBe(200);
  expect(zoomAt(view, 0, 0, 100).scale).toBe(MOST);
  expect(zoomAt(view, 0, 0, 0.001).scale).toBe(LEAST);
});

test("some of the map stays in view", () => {
  const map = { width: 1000, height: 1000 };
  expect(keepInside({ x: -5000, y: 5000, scale: 1 }, map, FRAME)).toEqual({ x: -920, y: 320, scale: 1 });
});

test("a box is brought into view by the smallest move", () => {
  const view = { x: 0, y: 0, scale: 1 };
  expect(reveal(view, { x: 400, y: 200 }, FRAME)).toEqual(view);
  expect(reveal(view, { x: 900, y: 200 }, FRAME)).toEqual({ scale: 1, x: -200, y: 0 });
  expect(reveal(view, { x: 0, y: 0 }, FRAME)).toEqual({ scale: 1, x: 100, y: 51 });
});

test("the concept at a point, and the part in view", () => {
  const view = centreOn({ x: 500, y: 300 }, 2, FRAME);
  expect(areaOf(view, FRAME)).toEqual({ left: 300, top: 200, right: 700, bottom: 400 });
  expect(hit(view, 400, 200, { a: { x: 500, y: 300 } })).toBe("a");
  expect(hit(view, 400 + 2 * 77, 200, { a: { x: 500, y: 300 } })).toBe(null);
});
