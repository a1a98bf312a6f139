/** What a policy says of the register: who must be named, what must be safe, what a supplier must show. */
import { z } from 'zod'
import { code, line, ruled, words } from './ruled.ts'

/** Kinds of places, as the register has them. */
const siteKinds = ['home', 'communal', 'office', 'land', 'other'] as const

export const registerSchema = z.strictObject({
  /** Every system has operators named beside its manager. */
  operators: ruled(z.boolean()),
  /** Every system has a procedure, and its manager and operators say that they know it. */
  procedure: ruled(z.boolean()),
  /** Staff may use dash cams of their own at work, once declared, and for this many months. False: they may not. */
  dashCamMonths: ruled(z.int().min(1).max(24).or(z.literal(false))),
  /** Kinds of places that the policy doesn't cover: no camera is asked for there. */
  sitesOut: z.array(line({ kind: z.enum(siteKinds) })),
  /** What is asked of each system against tampering, loss and outsiders. */
  security: z.array(line({ code, ask: words })).min(1),
  /** How long an answer counts at most. */
  securityMonths: ruled(z.int().min(1).max(36)),
  /** What a supplier must show. Without those that block, nobody of theirs comes to work. */
  supplierProofs: z.array(line({ code, label: words, blocks: z.boolean().default(false) })).min(1),
  /** Days before the end of a contract or proof on which its keepers are told. */
  supplierWarnDays: ruled(z.int().min(1).max(180)),
})
