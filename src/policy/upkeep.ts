/**
 * How a landlord keeps its policy: whose it is, for whom, who agreed when, how often it is looked at again, what people
 * are asked about it; the laws and standards that it names; and the papers that belong beside it. Each is a section of
 * `policy.yaml`.
 */
import { z } from 'zod'
import { clauseId, code, line, ruled, words } from './ruled.ts'

/** A civil day, or a month or year where the document gives no more. */
export const vagueDay = z
  .string()
  .regex(/^\d{4}(-\d{2}){0,2}$/, 'a day like 2025-06-11, a month like 2028-07 or a year')

export const upkeepSchema = z.strictObject({
  /** A role of the pack: every task of keeping the document comes to it. */
  ownerRole: ruled(code),
  author: ruled(words),
  reviewer: ruled(words),
  audience: z.array(line({ label: words })).min(1),
  /** `doubt`: what cannot be right in what the document prints, said as it is. */
  approvals: z
    .array(
      line({ body: words, on: vagueDay.nullable().default(null), doubt: words.nullable().default(null) }),
    )
    .min(1),
  /** Null: the document names a day and no rhythm. */
  reviewMonths: ruled(z.int().min(1).max(120).nullable()),
  /** What brings the review forward. */
  earlier: z.array(line({ label: words })),
  consulted: z.array(line({ label: words })),
  questions: z
    .array(line({ code, ask: words }))
    .min(1)
    .max(12),
  /** `staff`: they are told of it. */
  channels: z.array(line({ code: z.enum(['website', 'intranet', 'pdf', 'staff']) })),
})

export const standardKinds = ['statute', 'code', 'standard', 'regulator', 'registration'] as const

/** How it stands today, whatever a document says of it. */
export const standardStates = ['in-force', 'amended', 'repealed', 'not-taken-up'] as const

export const standardsSchema = z
  .array(
    line({
      code,
      kind: z.enum(standardKinds),
      title: words,
      /** As the document cites it: a year, an edition; null where it cites none. */
      edition: words.nullable().default(null),
      /** As it is in law today: a document may cite what has been repealed since. */
      state: z.enum(standardStates).default('in-force'),
      /** Something odd in the way the document cites it. */
      note: words.nullable().default(null),
      /** Names of controls that answer it. */
      controls: z.array(z.string()).max(12).default([]),
      /** Further clauses that answer it, each through its own controls. */
      clauses: z.array(clauseId).max(20).default([]),
    }),
  )
  .min(1)

/** The steps of a camera's life at which a paper can help. */
export const stages = [
  'proposal',
  'selection',
  'dpia',
  'consultation',
  'approval',
  'installation',
  'viewing',
  'disclosure',
  'maintenance',
  'review',
  'retirement',
] as const
export type Stage = (typeof stages)[number]

export const stageLabels: Readonly<Record<Stage, string>> = {
  proposal: 'Asking for a camera',
  selection: 'Choosing equipment',
  dpia: 'Assessing the risks to people',
  consultation: 'Asking the people concerned',
  approval: 'Approving a camera',
  installation: 'Putting a camera in',
  viewing: 'Looking at footage',
  disclosure: 'Handing footage over',
  maintenance: 'Looking after equipment',
  review: 'Looking at a camera again',
  retirement: 'Taking a camera down',
}

export const paperKinds = ['policy', 'procedure', 'template', 'guidance'] as const

/** Papers that the document names. Who keeps the policy puts each into the library, or links it. */
export const papersSchema = z.array(
  line({
    code,
    kind: z.enum(paperKinds),
    title: words,
    stages: z.array(z.enum(stages)).max(stages.length).default([]),
    url: z
      .url({ protocol: /^https$/ })
      .max(300)
      .nullable()
      .default(null),
  }),
)
