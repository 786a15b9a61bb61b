/** What the console's one vendored file exports: libraries, and onduty's own client with its schema. */

import { h, render } from "preact";
import htm from "htm";

export { render };
export { Component, createContext, createRef, Fragment } from "preact";
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export const html = htm.bind(h);
export * from "../../client/web/client/index.js";
