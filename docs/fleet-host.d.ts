/**
 * The contract that a single-page app implements so that Fleet renders its pages by a call in a page that is already warm, instead of by a
 * navigation. The app sets `globalThis.fleet` on every route, including `/_standby`. See host-contract.md.
 */
export interface FleetHost {
  /** Version of this contract that the host implements: `1`. */
  readonly version: string;

  /** Functions that this host implements: `render`, `extract`, `run`, `stage`. Read from each page, since host and fleet are deployed independently. */
  readonly capabilities: readonly string[];

  /** Resolves when the app has booted and has checked that it can render; rejects with the reason if it cannot. */
  readonly ready: Promise<void>;

  /** Renders the page of a URL. Also resolves when the page fails; `error` then has the reason. */
  render(request: RenderRequest): Promise<RenderAnswer>;

  /** What the app knows about a page (`data`), without rendering it. `formats` is empty. Capability `extract`. */
  extract?(request: RenderRequest): Promise<RenderAnswer>;

  /**
   * Runs a command for the user whose page this is, and resolves to its result, as JSON. Called at most once per command, even if the call fails.
   * Rejects when the command fails; the error may have a `kind`, as in `HostError`. Capability `run`.
   */
  run?(command: string, input: unknown, call: CommandCall): Promise<unknown>;

  /** What the current render is doing; called when the render is late. `formats` has the finished formats, which are returned to the caller. Capability `stage`. */
  stage?(): { stage: string; inFlight: string[]; formats?: Record<string, string> };
}

export interface RenderRequest {
  /** Unique per render. The fleet no longer waits for the answer to an earlier id. */
  id: string;

  /** Absolute http(s) URL of the page. */
  url: string;

  /** What to render: `isolated`, `embedded`, `fitted`, `atom`, `head`, `icon`, `markdown`. Names that the host does not know are skipped. */
  formats: string[];

  /** Opaque token; the host sends it as `X-Fleet-Lineage` with every request that it makes for this render. */
  lineage?: string;
}

export interface CommandCall {
  /** Id of the logical call. */
  id: string;

  /** Opaque token; the host sends it as `X-Fleet-Lineage` with every request that it makes for this command. */
  lineage?: string;
}

export interface RenderAnswer {
  /** HTTP status of the page: 200, 404, … */
  status: number;

  /** The rendered text by format. `isolated` is exactly what the app puts into its root element at this URL. */
  formats: Record<string, string>;

  /** Content of the document's head, if the host does not return it as a format. */
  head?: string;

  /** What the app knows about the page: a search document, its types. */
  data?: unknown;

  /** Every URL that the result depends on. A change of any of them makes the result stale. */
  deps?: string[];

  /** Why the page could not be rendered; `formats` has the formats that could. */
  error?: HostError;
}

export interface HostError {
  /**
   * Cause: `content`: the page itself; `unauthorized`: the visitor may not see it; `network`: the server could not be
   * reached or was overloaded, which says nothing about the page; `superseded`: another render began.
   */
  kind: 'content' | 'unauthorized' | 'network' | 'superseded';

  /** One sentence, for humans. */
  message: string;

  /** The URL that failed, if it was a request. */
  url?: string;

  /** JavaScript stack of the error in the content. */
  stack?: string;
}

declare global {
  /** Set by a host app that implements the contract. */
  var fleet: FleetHost | undefined;

  /**
   * Serializes the content of a node as HTML in which no text can end its element; `innerHTML` does not guarantee that. Exists in pages of the fleet
   * only. Shadow roots are written as `<template shadowrootmode>`.
   */
  var fleetHtml: ((root: Element | DocumentFragment) => string) | undefined;

  /** An app sets `false` while it is not ready to be captured, and `true` when it is. For any app, with or without the contract. */
  var prerenderReady: boolean | undefined;
}
