// Node.js 20 has no WebSocket of its own; browsers and newer versions have. Preloaded by the tests.
import WebSocket from "ws";

globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;
