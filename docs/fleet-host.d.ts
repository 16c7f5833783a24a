/**
 * What a single-page app offers to Fleet so that its pages are rendered by a call in a page that is already warm, instead of by a
 * navigation. The app sets `globalThis.fleet` on every route, also on `/_standby`. How it works is told in host-contract.md.
 */
export interface FleetHost {
  /** Version of this contract that the host keeps: `1`. */
  readonly version: string;

  /** What this host can do: `render`, `extract`, `run`, `stage`. Read from each page, since host and fleet are deployed independently. */
  readonly capabilities: readonly string[];

  /** Settles when the app has booted and has checked that it can render; rejects with the reason if it cannot. */
  readonly ready: Promise<void>;

  /** Renders the page of a URL. Resolves also when the page fails; then `error` says why. */
  render(request: RenderRequest): Promise<RenderAnswer>;

  /** What the app knows about a page (`data`), without rendering it. `formats` is empty. Capability `extract`. */
  extract?(request: RenderRequest): Promise<RenderAnswer>;

  /**
   * Runs a command for the user whose page this is, and resolves to what it returns, as JSON. Called once per command, whatever becomes of it.
   * Rejects when it fails; an error may carry a `kind` as `HostError` has it. Capability `run`.
   */
  run?(command: string, input: unknown, call: CommandCall): Promise<unknown>;

  /** What the current visit is doing; asked when it is late. `formats` holds what is finished, which is returned. Capability `stage`. */
  stage?(): { stage: string; inFlight: string[]; formats?: Record<string, string> };
}

export interface RenderRequest {
  /** One per visit. An answer to an earlier id is not waited for any more. */
  id: string;

  /** Absolute http(s) URL of the page. */
  url: string;

  /** What to render: `isolated`, `embedded`, `fitted`, `atom`, `head`, `icon`, `markdown`. Names that the host does not know are skipped. */
  formats: string[];

  /** Opaque token; the host sends it as `X-Fleet-Lineage` with every request that it makes for this visit. */
  lineage?: string;
}

export interface CommandCall {
  /** Of the logical call. */
  id: string;

  /** Opaque token; the host sends it as `X-Fleet-Lineage` with every request that it makes for this command. */
  lineage?: string;
}

export interface RenderAnswer {
  /** HTTP status of the page: 200, 404, … */
  status: number;

  /** The rendered text by format. `isolated` is exactly what the app puts into its root element at this URL. */
  formats: Record<string, string>;

  /** What goes into the document's head, if the host does not return it as a format. */
  head?: string;

  /** What the app knows about the page: a search document, its types. */
  data?: unknown;

  /** Every URL that the result depends on. A change of one of them makes the result old. */
  deps?: string[];

  /** Why the page could not be rendered; `formats` holds what could. */
  error?: HostError;
}

export interface HostError {
  /**
   * Whose fault it is: `content` the page's own; `unauthorized` the visitor may not see it; `network` the server could not be
   * reached or was overloaded, which says nothing about the page; `superseded` another visit began.
   */
  kind: 'content' | 'unauthorized' | 'network' | 'superseded';

  /** One sentence for people. */
  message: string;

  /** The URL that failed, if it was a request. */
  url?: string;

  /** JavaScript stack of the content's error. */
  stack?: string;
}

declare global {
  /** Set by a host app that implements the contract. */
  var fleet: FleetHost | undefined;

  /**
   * The content of a node as HTML that no text in it can leave, which `innerHTML` is not. In pages of the fleet only. Shadow roots are written as
   * `<template shadowrootmode>`.
   */
  var fleetHtml: ((root: Element | DocumentFragment) => string) | undefined;

  /** `false` while an app is not ready to be captured; then it sets `true`. For any app, with or without the contract. */
  var prerenderReady: boolean | undefined;
}
