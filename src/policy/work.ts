/** Who is told when work is not done in time: how long before a day people are reminded, and who hears when it has passed. */
import { z } from 'zod'
import { code, ruled } from './ruled.ts'

export const workSchema = z.strictObject({
  /** Days before it is due on which work is called due soon. */
  soonDays: ruled(z.int().min(1).max(30)),
  /** Days after it was due on which the roles of `escalateTo` hear of it. */
  escalateAfterDays: ruled(z.int().min(1).max(60)),
  /** Roles of the pack, the first that isn't late itself is told; where all are, whoever answers for data protection. */
  escalateTo: ruled(z.array(code).min(1).max(4)),
})
