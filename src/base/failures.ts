/**
 * Trouble comes in three kinds. A refusal (a person or a policy) is a value, never thrown. A failure (the world)
 * is thrown as `Failure` with one of a closed list of kinds. A bug is an assertion and stops its worker.
 */
export type FailureKind =
  | 'invalid' // the input can't be used
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict' // the facts changed underneath
  | 'too-large'
  | 'too-many'
  | 'unavailable' // a part that we need doesn't answer now
  | 'data-loss' // what is on disk can't be read back
  | 'no-room'
  | 'unsupported' // a version or format that this program doesn't know

export class Failure extends Error {
  readonly kind: FailureKind
  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Failure'
    this.kind = kind
  }
}

/** The whole story of an error, outermost first: `couldn't seal the fragment: couldn't sync: ENOSPC`. */
export function story(error: unknown): string {
  const parts: string[] = []
  let at: unknown = error
  for (let depth = 0; at !== undefined && at !== null && depth < 10; depth += 1) {
    parts.push(at instanceof Error ? at.message : String(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return parts.join(': ')
}

/** One reason for a refusal, in plain words, with the clause or law that asks for it. */
export type Reason = {
  readonly code: string
  readonly message: string
  /** Clause id as in the provider's pack (`derby-4.2.1-f`), or null where the reason is law or design. */
  readonly clause: string | null
}

/** A decision is a value: facts in, this out, never thrown. */
export type Decision = { readonly allowed: boolean; readonly reasons: readonly Reason[] }

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reasons: readonly Reason[] }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const refuse = (
  ...reasons: readonly Reason[]
): { readonly ok: false; readonly reasons: readonly Reason[] } => ({
  ok: false,
  reasons,
})
