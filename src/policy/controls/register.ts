/** Controls over what is on record: places, systems and their people, equipment, security, suppliers and visits. */
import type { Control } from '../controls.ts'

const controllers = 'src/register/controllers.test.ts'
const keeping = 'src/register/keeping.test.ts'

export const registerControls: readonly Control[] = [
  {
    id: 'register.places-covered',
    strength: 'evidenced',
    says: 'The register says which places the policy does not cover, and no camera is asked for there.',
    by: ['src/register/lacks.ts outOfScope', 'src/authorisation/proposal.ts checkScope'],
    tests: [`${keeping}: gets no camera: by its kind where the policy says so, or by what the register says`],
    denies: [
      'src/authorisation/authorisation.test.ts: no camera is asked for at a place that the policy does not cover',
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.equipment',
    strength: 'evidenced',
    says: 'Every piece of equipment stands in the register: cameras, recorders, screens, doorbells, body-worn and dash cameras, with serial number, whose it is, where it is and who has it.',
    by: ['src/register/device-store.ts insertDevice', 'src/register/pages/device-routes.ts deviceRoutes'],
    tests: ['src/register/pages.test.ts: equipment comes, goes and is wiped; one’s own dash cam is declared'],
    denies: [`${keeping}: is in the register once, and of no kind that the policy refuses`],
    rules: [],
    gate: null,
  },
  {
    id: 'register.kit-wiped',
    strength: 'evidenced',
    says: 'Equipment that has been out is wiped before anybody else gets it, and where it has been is kept.',
    by: ['src/register/device-moves.ts moveBar', 'src/register/chase.ts chaseWipe'],
    tests: [],
    denies: [`${keeping}: that has been out goes to nobody else before it is wiped`],
    rules: [],
    gate: null,
  },
  {
    id: 'register.dash-cams-declared',
    strength: 'evidenced',
    says: 'Staff declare their own dash cams, promise to keep to the policy in working time, and are asked again.',
    by: ['src/register/pages/declare-routes.ts declareRoutes'],
    tests: [],
    denies: [
      `${keeping}: of one’s own is declared where the policy lets staff use it, and again when its time is over`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.people-named',
    strength: 'evidenced',
    says: 'Each system names who answers for it and who operates it; where nobody is named, it shows and is a task.',
    by: ['src/register/lacks.ts systemLacks', 'src/register/chase.ts chaseSystem'],
    tests: [`${keeping}: lacks what the policy asks until somebody is named, and it is a task until then`],
    denies: [`${keeping}: takes nobody as manager or operator who does not work for its landlord, or twice`],
    rules: [],
    gate: null,
  },
  {
    id: 'register.procedure-known',
    strength: 'evidenced',
    says: 'Each system has its procedure, with what its people do and answer for; each of them says that they know it, again for every version.',
    by: ['src/register/procedure-store.ts insertProcedure', 'src/register/lacks.ts notAcknowledged'],
    tests: [
      `${keeping}: asks its manager and operators to say that they know the procedure, again for each version`,
    ],
    denies: [`${keeping}: takes a procedure as a document or an address, never both, neither or a script`],
    rules: [],
    gate: null,
  },
  {
    id: 'register.security-answered',
    strength: 'evidenced',
    says: 'Each system is asked whether it is safe from tampering, loss and outsiders; answers have evidence and a day to look again, and what is missing or not so is a task.',
    by: ['src/register/pages/security-routes.ts securityRoutes', 'src/register/lacks.ts securityLines'],
    tests: [
      `${keeping}: answers security questions with evidence; what fails or grows old is shown and chased`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'register.view-checked',
    strength: 'evidenced',
    says: 'What each camera must show is written down by level, and somebody looked whether it does, by day and by night.',
    by: ['src/register/pages/view-routes.ts viewRoutes', 'src/register/lacks.ts viewState'],
    tests: [
      `${keeping}: must show what is written down, with a day and how it was seen`,
      `${keeping}: fails by too few pixels, at night, by age, and when the camera was moved`,
    ],
    denies: [],
    rules: [],
    gate: null,
  },
  {
    id: 'register.supplier-papers',
    strength: 'evidenced',
    says: 'Suppliers stand in the register with contract, signed terms, proofs and audits; what is missing or runs out is a task, and nobody of theirs is let in without contract and signed terms.',
    by: ['src/register/lacks.ts supplierLacks', 'src/register/lacks.ts visitBars'],
    tests: [`${keeping}: is audited, and late when the next audit’s day has passed`],
    denies: [
      `${keeping}: lacks what it has not shown, and nobody of theirs comes without contract and signed terms`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.controller-named',
    strength: 'evidenced',
    says: 'Each system names its controller, alone or jointly. What somebody else controls is asked nothing by the policy and stays in the register with whom to ask, unless that body works for the landlord as its processor under contract and signed terms.',
    by: [
      'src/register/lacks.ts controlledElsewhere',
      'src/register/pages/controller-routes.ts controllerRoutes',
      'src/authorisation/propose.ts propose',
    ],
    tests: [
      `${controllers}: is the landlord until somebody else is named with a way to reach it; then nothing is asked of the system`,
      `${controllers}: that works as our processor under contract and terms leaves the policy in force; without them it does not`,
      `${controllers}: is named in the privacy notice, with whom it decides jointly`,
    ],
    denies: [
      'src/authorisation/authorisation.test.ts: a new camera never comes into a system that somebody else controls',
      `${controllers}: is another landlord here or a body with a contact; anything else is refused and changes nothing`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.processors-held',
    strength: 'evidenced',
    says: 'Each system names the suppliers that handle its pictures and what they do; a contract or signed terms that are not in force show as missing and are a task.',
    by: ['src/register/lacks.ts processorLacks', 'src/register/chase.ts chaseSystem'],
    tests: [
      `${controllers}: without contract or signed terms shows as lacking and is a task until both are in force`,
    ],
    denies: [`${controllers}: is a supplier of the same landlord that handles pictures, and named once`],
    rules: [],
    gate: null,
  },
  {
    id: 'register.visits-watched',
    strength: 'evidenced',
    says: 'An engineer comes at an agreed time, is let in once known to be genuine, stays with somebody named, and tells what they touched.',
    by: ['src/register/pages/visit-routes.ts visitRoutes', 'src/register/visit-store.ts visitWindowOf'],
    tests: [
      'src/register/pages.test.ts: a supplier is held to its papers, and its engineer is let in, watched and let out',
    ],
    denies: [
      `${keeping}: sends an engineer who is let in only when known, in time, and says what they touched`,
    ],
    rules: [],
    gate: null,
  },
  {
    id: 'register.changes-told',
    strength: 'evidenced',
    says: 'Each change to the register is told field by field: from what, to what, by whom and when.',
    by: ['src/register/history.ts noteChanges'],
    tests: [`${keeping}: is told field by field, with who and when`],
    denies: [`${keeping}: of what somebody else changed is refused and says what it says now`],
    rules: [],
    gate: null,
  },
]
