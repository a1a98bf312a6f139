/** What the demo's made-up landlords decided where their policies are silent: as their people would, through the page. */
import { Failure } from '#base/base.ts'
import type { Client } from '#visitor/visitor.ts'

/** Who decides at each landlord. */
export const deciders: Readonly<Record<string, string>> = { 'derby-homes': 'grace', progress: 'maya' }

type Answer = { readonly answer: string | readonly string[] | number; readonly reason: string }

const answers: Readonly<Record<string, Answer>> = {
  'scope.sites': {
    answer: ['homes', 'communal', 'car-parks'],
    reason: 'These are the places we let and look after.',
  },
  'consult.residents': {
    answer: 'not-asked',
    reason: 'People are told by signs and letters; a panel of tenants agreed to that.',
  },
  'consult.service_charge': { answer: 'none', reason: 'Cameras are paid from our own means.' },
  'consult.on_policy': { answer: ['customer-panel'], reason: 'The tenants’ panel read the draft twice.' },
  'authorise.ripa': {
    answer: 'not-bound',
    reason: 'Our lawyers looked into it: every camera here is announced.',
  },
  'view.qualification': { answer: ['training'], reason: 'Our own staff look, after the yearly training.' },
  'disclose.foi': { answer: 'no', reason: 'We are no public authority; our lawyers confirmed it.' },
  'resident.permission_required': { answer: 'written', reason: 'As the tenancy agreement says.' },
  'resident.reviewers': { answer: ['housing'], reason: 'The housing team knows the neighbours.' },
  'resident.decision_deadline': { answer: 14, reason: 'Two weeks are enough to look and to answer.' },
  'resident.dispute_action': {
    answer: ['reposition', 'remove'],
    reason: 'Turning it away first, taking it down last.',
  },
  'resident.footage_intake': {
    answer: 'voluntary-and-shared',
    reason: 'Residents may hand footage in; nobody has to.',
  },
  'resident.responsibility_disclaimer': {
    answer: 'resident-answers',
    reason: 'Whoever puts a camera up answers for it.',
  },
  'complain.about_resident_device': {
    answer: 'handle',
    reason: 'Quarrels between neighbours come to us anyway.',
  },
  'govern.policy_approver': { answer: 'The board', reason: 'It approves every policy.' },
  'govern.oversight': { answer: 'The audit committee', reason: 'It reads the yearly report.' },
  'train.audience': {
    answer: ['all-staff', 'operators'],
    reason: 'Everybody once; those who look, every year.',
  },
  'govern.publication': { answer: ['website'], reason: 'Where all our policies are.' },
  'report.measures': { answer: ['kpis', 'complaints'], reason: 'What the board asks for.' },
}

/** Decides whatever is still open at a landlord; asked again it finds nothing to do. */
export async function decideOpenPoints(client: Client, landlord: string): Promise<void> {
  const { open } = (await client.get(`/policy/${landlord}/open`)) as { open: { key: string }[] }
  for (const { key } of open) {
    const given = answers[key]
    if (given === undefined) throw new Failure('invalid', `The demo has no answer to "${key}".`)
    await client.post(`/policy/${landlord}/open/${key}`, given)
  }
}
