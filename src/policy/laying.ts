/**
 * What follows from a landlord's decision: each answer is laid into the values that the rest of Overt goes by, so that
 * it works as if the document had said it, and stands there with no clause and with the landlord named. Pure.
 */
import type { PointValue } from './points.ts'
import { gatedActions, type Training } from './training.ts'
import type { DeploymentType, Values } from './values.ts'

type Lay = (values: Values, answer: PointValue) => Values

const decided = 'The landlord decided it.'
const silent = <T>(value: T, why = decided) => ({ value, silent: true as const, clause: null, why })
const line = { clause: null, silent: decided }

const codes = (answer: PointValue): readonly string[] =>
  typeof answer === 'object' ? answer : [String(answer)]
const text = (answer: PointValue): string => String(answer)

/** Roles that have one of these actions. */
const ableTo = (values: Values, actions: readonly string[]): string[] =>
  values.roles
    .map(({ code }) => code)
    .filter((code) => values.abilities[code]?.some((one) => actions.includes(one)))

// ---- places -------------------------------------------------------------------------------------------------------

type SiteKind = Values['register']['sitesOut'][number]['kind']

/** Which kinds of places of the register each word for places means. */
const meant: Readonly<Record<string, readonly SiteKind[]>> = {
  homes: ['home'],
  houses: ['home'],
  communal: ['communal'],
  entrances: ['communal'],
  'access-systems': ['communal'],
  'car-parks': ['land'],
  'all-group-sites': ['home', 'communal', 'office', 'land', 'other'],
}

/** The policy covers these places and no other. What it leaves out by a clause of its own stays as it is. */
export function onlyThesePlaces(
  values: Values,
  places: readonly string[],
  source: { readonly clause: string | null; readonly silent: string | null },
): Values {
  const covered = new Set(places.flatMap((place) => meant[place] ?? []))
  const { sitesOut } = values.register
  const more = meant['all-group-sites']!.filter(
    (kind) => !covered.has(kind) && !sitesOut.some((out) => out.kind === kind),
  ).map((kind) => ({ kind, ...source }))
  return { ...values, register: { ...values.register, sitesOut: [...sitesOut, ...more] } }
}

// ---- people asked about a camera ------------------------------------------------------------------------------------

const consults = (answer: string, type: DeploymentType): boolean =>
  type.place !== 'home' &&
  (answer === 'every-shared-camera' ||
    answer === 'payers-but-new-build' ||
    (answer === 'permanent-only' && type.permanence === 'permanent'))

/** People are asked before anybody assesses or approves. */
function withConsultation(gates: DeploymentType['gates']): DeploymentType['gates'] {
  if (gates.some((one) => one.code === 'consultation')) return gates
  const why = 'The policy does not say whether people are asked; the landlord decided that they are.'
  const gate = { code: 'consultation' as const, who: [], clause: null, silent: why }
  const before = gates.findIndex((one) => one.code === 'dpia' || one.code === 'approval')
  return before < 0 ? [...gates, gate] : gates.toSpliced(before, 0, gate)
}

/**
 * The gate, and somebody who can meet it: where no role of the pack consults, whoever may ask for a camera does, and
 * those who approve it state the result.
 */
const residents: Lay = (values, answer) => {
  const asked = values.deploymentTypes.filter((type) => consults(text(answer), type))
  if (asked.length === 0) return values
  const approvers = [...new Set(asked.flatMap((type) => type.approvals.map(({ role }) => role)))].slice(0, 6)
  const stated = values.consultation.resultBy
  const exempt =
    answer === 'payers-but-new-build'
      ? [
          {
            code: 'new-build' as const,
            label: 'A new building before anybody lives there',
            types: asked.map(({ code }) => code),
            ...line,
          },
        ]
      : []
  const run = giveWhereNobodyHas(values, 'consultation.run', ableTo(values, ['deployment.propose']))
  return {
    ...values,
    abilities: giveWhereNobodyHas({ ...values, abilities: run }, 'consultation.decide', approvers),
    deploymentTypes: values.deploymentTypes.map((type) =>
      asked.includes(type) ? { ...type, gates: withConsultation(type.gates) } : type,
    ),
    consultation: {
      ...values.consultation,
      resultBy:
        stated.value.length > 0
          ? stated
          : silent(approvers, 'Those who approve the camera state the result.'),
      exemptions: [...values.consultation.exemptions, ...exempt],
    },
  }
}

function giveWhereNobodyHas(
  { abilities }: Pick<Values, 'abilities'>,
  action: 'consultation.run' | 'consultation.decide',
  roles: readonly string[],
): Values['abilities'] {
  if (Object.values(abilities).some((able) => able.includes(action))) return abilities
  return Object.fromEntries(
    Object.entries(abilities).map(([role, able]) => [role, roles.includes(role) ? [...able, action] : able]),
  )
}

const serviceCharge: Lay = (values, answer) => ({
  ...values,
  consultation: {
    ...values.consultation,
    chargeBasis: silent(answer === 'none' ? 'landlord-pays' : 'service-charge'),
    costShown: values.consultation.costShown.silent ? silent(true) : values.consultation.costShown,
  },
})

// ---- people who decide and look -------------------------------------------------------------------------------------

type Course = Training['courses'][number]

const course = (
  of: Pick<Course, 'code' | 'title' | 'way' | 'for' | 'covers'> & {
    readonly before?: Course['before']
    readonly months?: number
  },
): Course => ({
  ...of,
  months: silent(
    of.months ?? null,
    of.months === undefined
      ? 'The landlord set no time after which it is due again.'
      : 'The landlord set no time. Whoever looks at footage is trained again each year.',
  ),
  dueDays: silent(28, 'The landlord set no time. 28 days are enough to arrange it.'),
  before: of.before ?? [],
  ...line,
})

const looking = ['footage.view', 'footage.live', 'exhibit.make']
const working = ['deployment.propose', 'deployment.approve', 'deployment.install', ...looking]

/** Nobody decides on a camera or gets a picture before it is on record and in date. */
const qualification: Lay = (values, answer) => {
  const whom = ableTo(values, gatedActions)
  const before = gatedActions
    .filter((action) => ableTo(values, [action]).length > 0)
    .map((action) => ({ action, ...line }))
  const { courses, licences } = values.training
  const has = codes(answer)
  const learned = [
    ['training', 'Training for deciding on cameras and looking at footage', 12],
    ['qualification', 'The qualification for deciding on cameras and looking at footage', undefined],
  ] as const
  return {
    ...values,
    training: {
      ...values.training,
      courses: [
        ...courses,
        ...learned
          .filter(([code]) => has.includes(code))
          .map(([code, title, months]) =>
            course({
              code: `decided-${code}`,
              title,
              way: 'course',
              for: whom,
              covers: [
                'When a camera is justified',
                'When footage may be looked at, and what is written down',
              ],
              before,
              ...(months === undefined ? {} : { months }),
            }),
          ),
      ],
      licences: has.includes('licence')
        ? [
            ...licences,
            {
              code: 'decided-licence',
              title: 'SIA licence, public space surveillance (CCTV)',
              sector: 'Public space surveillance (CCTV)',
              for: whom,
              warnDays: silent([120, 60, 30], 'A new licence takes weeks.'),
              before,
              ...line,
            },
          ]
        : licences,
      // What a document says of the order stands.
      comesFirst: values.training.comesFirst.silent
        ? silent(true, 'The landlord decided what people must hold before they decide or look.')
        : values.training.comesFirst,
    },
  }
}

const everybody: readonly string[] = []
const operating: string[] = [
  'Looking through footage for a case',
  'What is written down, and what is never done',
]
const basics: string[] = [
  'That there is a policy and where it is read',
  'Who may ask for a camera, and who decides',
]

/** One course for each answer: whom it is for, and how they learn. */
const audiences: Readonly<
  Record<string, Pick<Course, 'title' | 'way' | 'covers'> & { readonly who: readonly string[] }>
> = {
  'all-staff': {
    title: 'The CCTV policy, for everybody',
    way: 'team-session',
    who: everybody,
    covers: basics,
  },
  briefing: { title: 'Team briefing on the CCTV policy', way: 'briefing', who: everybody, covers: basics },
  induction: { title: 'Induction to CCTV', way: 'induction', who: everybody, covers: basics },
  'named-teams': {
    title: 'The CCTV policy, for the teams that work with it',
    way: 'team-session',
    who: working,
    covers: ['What the policy asks of each team', 'Purposes, signs and who may look'],
  },
  deciders: {
    title: 'Deciding on cameras',
    way: 'course',
    who: ['deployment.approve', 'dpia.accept'],
    covers: ['When a camera is justified and fits the problem', 'What must be in place before it records'],
  },
  operators: { title: 'Looking at footage', way: 'course', who: looking, covers: operating },
  'on-the-job': {
    title: 'Working with CCTV, learned on the job',
    way: 'on-the-job',
    who: looking,
    covers: operating,
  },
  'written-instructions': {
    title: 'The written instructions for working with CCTV',
    way: 'reading',
    who: looking,
    covers: operating,
  },
}

const audience: Lay = (values, answer) => ({
  ...values,
  training: {
    ...values.training,
    courses: [
      ...values.training.courses,
      ...codes(answer).map((code) => {
        const { who, ...of } = audiences[code]!
        return course({ ...of, code: `decided-${code}`, for: who === everybody ? [] : ableTo(values, who) })
      }),
    ],
  },
})

// ---- the policy itself ----------------------------------------------------------------------------------------------

const approver: Lay = (values, answer) => ({
  ...values,
  upkeep: {
    ...values.upkeep,
    approvals: [{ body: `Each version is put to: ${text(answer)}`, on: null, doubt: null, ...line }],
  },
})

const publication: Lay = (values, answer) => ({
  ...values,
  upkeep: {
    ...values.upkeep,
    channels: codes(answer).map((code) => ({
      code: code === 'told-by-the-dpo' ? 'staff' : (code as 'website' | 'intranet' | 'pdf'),
      ...line,
    })),
  },
})

const askedAboutPolicy: Readonly<Record<string, string>> = {
  public: 'The public',
  'named-teams': 'The teams that work with CCTV',
  'customer-panel': 'The panel of customers',
  'area-managers': 'The managers of areas',
  'outside-lawyers': 'Lawyers from outside',
}
const consultedOnPolicy: Lay = (values, answer) => ({
  ...values,
  upkeep: {
    ...values.upkeep,
    consulted: codes(answer).map((code) => ({ label: askedAboutPolicy[code] ?? code, ...line })),
  },
})

// ---- hidden cameras -------------------------------------------------------------------------------------------------

const hidden: Readonly<Record<string, string>> = {
  forbidden: 'Hidden cameras are not used.',
  'police-only': 'Only the police may put one up, under their own authority.',
  'other-policy': 'Another policy of the landlord deals with them; they are not asked for here.',
}

const surveillanceLaw: Readonly<Record<string, string>> = {
  'guidelines-followed':
    'The landlord keeps to the guidelines of surveillance law (RIPA 2000): watching people in secret needs an authority of its own, which is not given here.',
  'not-bound':
    'The landlord says that surveillance law (RIPA 2000) does not bind it, so it has no authority to give for watching in secret.',
  'other-policy':
    'How the landlord keeps to surveillance law (RIPA 2000) stands in another policy. Ask whoever answers for that one.',
}

/** What somebody is told who asks for a hidden camera: where it is dealt with, and how surveillance law stands here. */
const hiddenRoute = (covert: string, law: string | null): string =>
  [hidden[covert], law === null ? null : surveillanceLaw[law]].filter(Boolean).join(' ')

/** Hidden cameras are refused under every policy; why, and who deals with them instead, is the policy's. */
export function withoutHiddenCameras(
  values: Values,
  covert: { readonly value: string; readonly clause: string | null },
  law: string | null,
): Values {
  const rest = values.technologiesRefused.filter(({ code }) => code !== 'covert')
  const one = {
    code: 'covert',
    label: 'Hidden cameras',
    route: hiddenRoute(covert.value, law),
    clause: covert.clause,
    silent: covert.clause === null ? 'The policy does not mention them. Overt does overt CCTV.' : null,
  }
  return { ...values, technologiesRefused: [...rest, one] }
}

const covertOf = (values: Values): { readonly value: string; readonly clause: string | null } => {
  const given = values.points['tech.covert'] as { value: string; clause: string } | 'silent' | undefined
  return given === undefined || given === 'silent' ? { value: 'forbidden', clause: null } : given
}

const ripa: Lay = (values, answer) => withoutHiddenCameras(values, covertOf(values), text(answer))

/** By key of the point that was decided. What is read where it is needed (`pointValue`) stands in no list here. */
export const layings: Readonly<Record<string, Lay>> = {
  'scope.sites': (values, answer) => onlyThesePlaces(values, codes(answer), line),
  'consult.residents': residents,
  'consult.service_charge': serviceCharge,
  'consult.on_policy': consultedOnPolicy,
  'authorise.ripa': ripa,
  'view.qualification': qualification,
  'train.audience': audience,
  'govern.policy_approver': approver,
  'govern.publication': publication,
}

/**
 * What follows from the document's own words, laid as a decision would be. A clause that defines which places are covered
 * leaves out the others; one that tells where cameras often hang does not.
 */
export function saidAtOnce(values: Values, clauses: ReadonlyMap<string, { readonly kind: string }>): Values {
  const said = (key: string) => {
    const given = values.points[key] as { value: PointValue; clause: string } | 'silent' | undefined
    return given === undefined || given === 'silent' ? null : given
  }
  const sites = said('scope.sites')
  const limited =
    sites !== null && clauses.get(sites.clause)?.kind === 'definition'
      ? onlyThesePlaces(values, codes(sites.value), { clause: sites.clause, silent: null })
      : values
  const law = said('authorise.ripa')
  return withoutHiddenCameras(limited, covertOf(values), law === null ? null : text(law.value))
}
