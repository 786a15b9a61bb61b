/** The libraries that the console is built on, and the client of onduty: what every module takes from elsewhere. */

import { h, render } from "preact";
import htm from "htm";

export { render };
export { Component, createContext, createRef, Fragment } from "preact";
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export const html = htm.bind(h);
export * from "../web/client/index.js";
