/** The demo's landlords keep their policies: a public page, papers, a consultation with an answer, and one person's needs. */
import { addDays } from '#base/base.ts'
import type { Client } from '#visitor/visitor.ts'

/** Found again at a later start: what stands there is not made twice. */
export async function keepPolicy(parts: {
  readonly landlord: string
  /** Keeps the policy and its papers. */
  readonly keeper: Client
  /** Meets residents. */
  readonly officer: Client
  readonly today: string
}): Promise<void> {
  const { landlord, keeper, officer, today } = parts
  const home = `/policy/${landlord}`
  const document = (await keeper.get(`${home}/document`)) as {
    publications: readonly unknown[]
    consultations: readonly unknown[]
  }
  if (document.publications.length === 0) await keeper.post(`${home}/publications`, { channel: 'website' })
  const library = (await keeper.get(`${home}/library`)) as readonly {
    code: string | null
    id: string | null
  }[]
  for (const paper of papers(today))
    if (library.some((line) => line.code === paper.code && line.id === null))
      await keeper.post(`${home}/library`, { ...paper, ownerRole: 'data-protection-officer' })
  await keeper.post(`${home}/standards/ico-fee`, {
    kind: 'registration',
    title: 'Data protection fee paid to the Information Commissioner',
    ownerRole: 'data-protection-officer',
    number: 'ZA000000',
    expiresOn: addDays(today, 40),
    state: 'in-force',
    controls: ['ledger.every-act'],
    what: 'The number and the day on which it runs out were entered.',
  })
  if (document.consultations.length > 0) return
  const { id } = (await keeper.post(`${home}/consultations`, {
    title: 'Is our CCTV policy clear?',
    intro:
      'We look at our policy on cameras every few years. Tell us what you think, so that the next one is better.',
    questions: ['views', 'unclear', 'change'],
    opensOn: today,
    closesOn: addDays(today, 28),
  })) as { id: string }
  await keeper.post(`${home}/consultations/${id}/answers`, {
    heardBy: 'spoken',
    who: 'resident',
    'answer-unclear': 'How long do you keep the pictures of the car park?',
    'answer-change': 'Say it on the sign.',
  })
  await officer.post('/adjustments', {
    provider: landlord,
    reference: 'T-10042',
    name: 'Mrs Larkin',
    formats: ['large-print'],
    contactWay: 'telephone',
    contact: '01632 960042',
    note: 'Mornings are best.',
  })
}

const papers = (today: string) =>
  [
    {
      code: 'asb-policy',
      kind: 'policy',
      title: 'Anti-Social Behaviour Policy',
      stages: ['proposal'],
      edition: 'Spring edition',
      url: 'https://www.fernside.example/policies/anti-social-behaviour',
      reviewOn: addDays(today, 300),
    },
    {
      code: 'data-protection-policy',
      kind: 'policy',
      title: 'Data Protection Policy',
      stages: ['dpia', 'viewing', 'disclosure'],
      edition: 'Version 3',
      url: 'https://www.fernside.example/policies/data-protection',
      reviewOn: addDays(today, 20),
    },
  ] as const
