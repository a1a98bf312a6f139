/**
 * What a pack sets: the shape of `policy.yaml`, checked by zod. Every value that the document could speak about is
 * a `Ruled`: either the document says it (a clause) or it is silent and the pack tells what Overt does instead and why.
 */
import { z } from 'zod'
import { accountsSchema } from './accounts.ts'
import { type Action, actions } from './actions.ts'
import { fieldOfViewSchema } from './field-of-view.ts'
import { secondPerson } from './looking.ts'
import { consultation, sound, urgentRoute } from './placement.ts'
import { registerSchema } from './register-values.ts'
import { code, line, ruled, words } from './ruled.ts'
import { trainingSchema } from './training.ts'
import { transitionSchema } from './transition.ts'
import { papersSchema, standardsSchema, upkeepSchema } from './upkeep.ts'
import { workSchema } from './work.ts'

export { clauseId, code, type Ruled, type Sourced } from './ruled.ts'

export const gateCodes = [
  'purpose',
  'alternatives',
  'consultation',
  'dpia',
  'approval',
  'resident-agreement',
  'signs',
  'site-checklist',
  'field-of-view',
  'reference-picture',
  'dates',
  'recorder',
] as const
export type GateKind = (typeof gateCodes)[number]

/** What can happen to a running camera's authority. Each is in exactly one of `endsAtOnce` and `graceDays`. */
export const endings = [
  'approval-withdrawn',
  'authority-expired',
  'audio-expired',
  'agreement-withdrawn',
  'camera-moved',
  'sign-missing',
  'dpia-overdue',
  'review-overdue',
] as const
export type Ending = (typeof endings)[number]

const gateRule = line({ code: z.enum(gateCodes), who: z.array(code).default([]) })

const deploymentType = line({
  code,
  label: words,
  place: z.enum(['home', 'communal', 'access']),
  permanence: z.enum(['temporary', 'permanent']),

  /** Longest authority in civil days, null for no limit of its own. */
  maxDays: ruled(z.int().min(1).max(3660).nullable()),
  warnDaysBefore: ruled(z.array(z.int().min(0).max(365)).max(10)),
  removalDateNeeded: ruled(z.boolean()),
  reviewMonths: ruled(z.int().min(1).max(60)),
  /** Each role approves once, each by another person. */
  approvals: z.array(line({ role: code })).max(4),
  proposerMayApprove: ruled(z.literal(false)),
  noOtherMeansNeeded: ruled(z.boolean()),
  residentAgreement: ruled(z.boolean()),
  gates: z.array(gateRule).min(1),
  audio: ruled(z.enum(['off', 'off-unless-approved'])),
  endsAtOnce: z.array(line({ what: z.enum(endings) })),
  graceDays: z.array(line({ what: z.enum(endings), days: z.int().min(1).max(60) })),
  /** `listed`: the sign's QR leads to a page anybody may find; `unlisted`: unguessable address, says nothing of where. */
  publicPage: ruled(z.enum(['listed', 'unlisted'])),
})

export const valuesSchema = z.strictObject({
  version: z.literal(1),
  /** How often this document has been written out as a pack; raised when an adopted pack is written more fully. */
  revision: z.int().min(1).max(1000).default(1),
  provider: z.strictObject({
    slug: code,
    name: words,
    body: z.enum(['almo', 'housing-association', 'charity', 'council']),
    timeZone: z.string().default('Europe/London'),
  }),
  document: z.strictObject({
    title: words,
    reference: ruled(words),
    effective: ruled(z.iso.date()),
    nextReview: ruled(z.string().regex(/^\d{4}(-\d{2}){0,2}$/)),
    owner: ruled(words),
  }),
  roles: z.array(line({ code, title: words })).min(1),
  abilities: z.record(code, z.array(z.enum(actions))),
  accounts: accountsSchema,
  /** Who answers for data protection: told of every disclosure, accepts DPIAs. */
  dpoRole: code,
  purposes: z.array(line({ code, label: words, lawfulBases: z.array(code).min(1) })).min(1),
  incidents: z.strictObject({
    open: ruled(z.boolean()),
    list: z.array(line({ code, label: words })),
  }),
  lawfulBases: z.array(z.strictObject({ code, label: words, law: words })).min(1),
  deploymentTypes: z.array(deploymentType).min(1),
  retentionDays: ruled(z.int().min(1).max(31)),
  viewing: z.strictObject({
    purposes: z.array(line({ code, label: words })).min(1),
    reasonNeeded: ruled(z.literal(true)),
    caseNeeded: ruled(z.boolean()),
    spanHoursMax: ruled(z.int().min(1).max(744)),
    /** How long an opened viewing lasts before the reason is asked again. */
    minutesMax: ruled(z.int().min(5).max(720)),
    /** `exception`: a named person may allow it for a while, for a reason. */
    forbiddenPurposes: z.array(line({ code, label: words, exception: z.boolean().default(false) })),
    ...secondPerson,
  }),
  live: z.strictObject({
    allowed: ruled(z.boolean()),
    minutesMax: ruled(z.int().min(1).max(720)),
    signSaysMonitored: ruled(z.boolean()),
  }),
  holds: z.strictObject({
    daysMax: ruled(z.int().min(1).max(3660)),
    provisionalDays: ruled(z.int().min(1).max(28)),
  }),
  exhibits: z.strictObject({
    belowThreshold: ruled(z.enum(['delete-on-decision', 'delete-at-cap'])),
    kept: ruled(words),
    encrypted: ruled(z.boolean()),
  }),
  disclosure: z.strictObject({
    bases: z
      .array(z.strictObject({ code, label: words, law: words, recipients: z.array(code).min(1) }))
      .min(1),
    recipients: z
      .array(
        line({
          code,
          label: words,

          /** Other kinds of recipients need an agreement on file (police: information sharing agreement). */
          agreement: words.nullable().default(null),
          procedure: words.nullable().default(null),
        }),
      )
      .min(1),
    dpoTold: ruled(z.literal(true)),
    necessityNeeded: ruled(z.literal(true)),
    logged: ruled(z.literal(true)),
  }),
  sign: z.strictObject({
    needed: ruled(z.boolean()),
    mustSay: z.array(
      line({
        code: z.enum(['operator', 'contact', 'purpose', 'monitored', 'audio', 'cctv-in-use']),
      }),
    ),
    places: z.array(line({ code: z.enum(['entry', 'near-camera', 'at-camera']) })),
  }),
  dpia: z.strictObject({
    needed: ruled(z.boolean()),
    reviewMonths: ruled(z.int().min(1).max(36)),
    reopenedBy: z.array(
      line({
        code: z.enum(['moved', 're-aimed', 'upgraded', 'new-purpose', 'new-technology']),
      }),
    ),
    questions: z.array(line({ code, ask: words, help: words.nullable().default(null) })).min(1),
  }),
  agreement: z.strictObject({
    wording: z.array(words),
    toldNotToTamper: ruled(z.boolean()),
  }),
  siteChecklist: z.array(line({ code, ask: words })).min(1),
  /** `route`: who deals with it instead. */
  technologiesRefused: z.array(line({ code, label: words, route: words.nullable().default(null) })),
  training: trainingSchema,
  register: registerSchema,
  consultation,
  sound,
  urgentRoute,
  upkeep: upkeepSchema,
  standards: standardsSchema,
  papers: papersSchema,
  work: workSchema,
  /** Cameras of an older system; where a pack says nothing `transitionRules` does. */
  transition: transitionSchema.optional(),
  /** What settles a view of private property; where a pack says nothing `privateViewRule` does. */
  fieldOfView: fieldOfViewSchema.optional(),
  /** By key of `points.ts`, which checks each against its type. */
  points: z.record(z.string(), z.unknown()).default({}),
})

export type Values = z.output<typeof valuesSchema>
export type DeploymentType = Values['deploymentTypes'][number]
export type Abilities = Readonly<Record<string, readonly Action[]>>
