/**
 * Every route is one row. The same row serves the page (`/cameras/:id`, a signed-in browser, CSRF-checked) and, when
 * `api` is given, the JSON API (`/api/v1/cameras/:id`, a bearer token) and its OpenAPI entry. Start-up refuses a row
 * without a permission, or without either a ledger event or the reason why there is none.
 */
import type { Readable } from 'node:stream'
import type { WebSocket } from 'ws'
import type { z } from 'zod'
import type { Reason } from '#base/base.ts'
import type { Html } from './html.ts'

/** Who is asking. Made by `people` from a session or a bearer token; null on public pages without sign-in. */
export type Person = {
  readonly id: string
  /** Shown to the person and over the picture; never written to logs. */
  readonly name: string
  readonly username: string
  /** Every role the person holds, with the provider it belongs to and how far it reaches (empty: everywhere). */
  readonly roles: readonly {
    readonly provider: string
    readonly role: string
    readonly areas: readonly string[]
    /** Whose role it is, where this person only stands in for them. */
    readonly deputyFor?: string | null
    /** From here on it is not held; null or absent: no end. */
    readonly untilMs?: number | null
  }[]
  /** What they declared ("my neighbour"): there they neither decide nor look. */
  readonly conflicts?: readonly { readonly kind: 'site' | 'case' | 'person'; readonly id: string }[]
  /** What they are told about their own account, on every page. */
  readonly remarks?: readonly { readonly text: string; readonly href: string; readonly link: string }[]
  /** An engineer of a supplier, let in for a visit: their role gives them less than it gives staff. */
  readonly outside?: boolean
  /** Runs the installation (accounts, recorders); gives no right to any picture. */
  readonly administrator: boolean
  /** Training and licences that are in date, by the landlord at which they are recorded. Left out: none. */
  readonly qualifications?: readonly { readonly provider: string; readonly code: string }[]
  readonly via: 'session' | 'token'
}

export type Ask<Input> = {
  readonly person: Person | null
  /** Path parameters, query and body, parsed by `input`. On a failed POST the handler isn't called: see `form`. */
  readonly input: Input
  /** Uploaded files by field name, bounded by `uploads`. */
  readonly files: Readonly<Record<string, Upload>>
  readonly nowMs: number
  readonly ip: string
  readonly requestId: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The secret in the session cookie, when there is one. Only people/ reads it (to end or renew the session). */
  readonly session: string | null
  /** What the page needs around it: CSRF field, CSP nonce, the person, the current path, a flash message. */
  readonly view: View
}

export type Upload = { readonly filename: string; readonly mime: string; readonly bytes: Buffer }

export type View = {
  readonly csrfField: Html
  readonly nonce: string
  readonly person: Person | null
  readonly path: string
  /** What was typed on a form that was refused, and the errors by field name; null on a first visit. */
  readonly refused: {
    readonly values: Readonly<Record<string, unknown>>
    readonly errors: readonly FieldError[]
  } | null
  readonly flash: string | null
}

export type FieldError = {
  readonly field: string | null
  readonly message: string
  readonly clause?: string | null
}

export type Page = {
  readonly title: string
  readonly body: Html
  readonly back?: { href: string; text: string }
  readonly wide?: boolean
  readonly islands?: readonly string[]
  /** Shown under the heading: papers that help with what this page asks. */
  readonly guidance?: Html
}

/** What a handler gives back. `data` goes to the API, `page` to a browser. */
export type Answer =
  | { readonly data: unknown; readonly page: () => Page; readonly status?: number }
  /** After a POST: browsers go to `location` (303), the API gets `data` with status 200 or 201. */
  | {
      readonly data: unknown
      readonly location: string
      readonly flash?: string
      readonly created?: boolean
      /** Sets the session cookie, or with null clears it. Only people/ gives this. */
      readonly session?: { readonly secret: string; readonly untilMs: number } | null
    }
  /** Refused by a rule or by the input: 403 when `forbidden`, else 422. Browsers see `again` with what was typed. */
  | {
      readonly refusal: readonly Reason[] | readonly FieldError[]
      readonly forbidden?: boolean
      readonly again?: (view: View) => Page | Promise<Page>
    }
  | { readonly notFound: string }
  | {
      readonly file: {
        readonly mime: string
        readonly body: Buffer | Readable
        readonly filename?: string
        readonly headers?: Record<string, string>
        /** 200 unless said otherwise (206 for part of a file). */
        readonly status?: number
      }
    }
  | { readonly redirect: string }

export type Permission = string

export type Route<Schema extends z.ZodType = z.ZodType> = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Fastify path with `:params`. */
  readonly path: string
  /** The action asked of the policy, as in `permissions.ts`; 'public' for anyone, 'signed-in' for every account. */
  readonly permission: Permission
  /** Kind of the ledger entry this route writes when it succeeds, or why it writes none. */
  readonly ledger: string | { readonly none: string }
  readonly input?: Schema
  /** Re-renders the form when `input` refuses a POST: same page, what was typed, errors by field. */
  readonly form?: (ask: Ask<Readonly<Record<string, unknown>>>) => Promise<Page>
  /** Present when the row is also part of the JSON API. */
  readonly api?: {
    readonly summary: string
    readonly response?: z.ZodType
    /** The media types of what it answers, where that is a file and not our JSON. */
    readonly file?: readonly string[]
  }
  /** Present when the row exists only in the API (no page of its own). */
  readonly apiOnly?: true
  /**
   * For machines without an account (a recorder enrolling): JSON in and out at `path` itself, not under /api/v1. No
   * session is looked at, so there is nothing to forge and no CSRF token is asked; what it sends must prove itself.
   */
  readonly machine?: true
  readonly uploads?: {
    /** Name of the field that the file comes in. */
    readonly field: string
    readonly files: number
    readonly bytesMax: number
    readonly mimes: readonly string[]
    /** What to say of a file of another kind, where the kinds' names alone don't help. */
    readonly otherwise?: string
  }
  /** Requests a minute for one address (default 600). */
  readonly rateMax?: number
  handler(ask: Ask<z.infer<Schema>>): Promise<Answer>
}

/** A WebSocket endpoint. 'recorder' ones do their own sign-in in the first messages; 'session' ones are for browsers. */
export type WebSocketEndpoint = {
  readonly path: string
  readonly kind: 'recorder' | 'session'
  /** For 'session': checked before the connection is accepted. */
  readonly permission?: Permission
  /** Largest message taken, in bytes; a larger one closes the connection (1009). Default 64 KiB, at most 8 MiB. */
  readonly messageBytesMax?: number
  onConnection(socket: WebSocket, person: Person | null, request: WebSocketRequest): void
}

export type WebSocketRequest = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly ip: string
  readonly requestId: string
}

/** Keeps the input type of a row while rows of all kinds share one list. */
export function route<Schema extends z.ZodType>(row: Route<Schema>): Route {
  return row as unknown as Route
}
