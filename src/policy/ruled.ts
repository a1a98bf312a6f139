/** The forms in which a pack says a value: with the clause that sets it, or with why the document's silence means this. */
import { z } from 'zod'

/** A line of one of the pack's lists with where it comes from. */
export type Sourced = { readonly clause: string | null; readonly silent: string | null }
