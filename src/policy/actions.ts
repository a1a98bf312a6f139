/**
 * The closed list of what can be asked of a policy. Each is a route's permission and an action in every pack's
 * `access.cedar`; a word that isn't here cannot be permitted by anybody.
 */
export const actions = [
  'deployment.propose',
  'deployment.view',
  'deployment.approve',
  'deployment.withdraw',
  'deployment.install',
  'deployment.stop',
  'dpia.write',
  'dpia.accept',
  'reference.capture',
  'consultation.run',
  'consultation.decide',
  'sound.decide',
  'footage.view',
  'footage.live',
  'footage.hold',
  'footage.timeline',
  'exhibit.make',
  'exhibit.view',
  'disclosure.make',
  'disclosure.view',
  'ledger.read',
  'register.edit',
  'register.view',
  'recorder.enrol',
  'people.manage',
  'training.manage',
  'providers.manage',
  'policy.read',
  'policy.keep',
  'adjustment.keep',
  'policy.decide',
  'task.view',
  'demo.clock',
] as const

export type Action = (typeof actions)[number]

const known: ReadonlySet<string> = new Set(actions)
export const isAction = (text: string): text is Action => known.has(text)

/** What running the installation needs, and no more: an administrator never sees a picture by that alone. */
export const administratorActions: readonly Action[] = [
  'people.manage',
  'recorder.enrol',
  'providers.manage',
  'register.edit',
  'register.view',
  'policy.read',
  'policy.keep',
  'task.view',
  'ledger.read',
  'demo.clock',
]

/**
 * All that an engineer from outside may do while they are let in, whatever their role may do for staff: put the camera
 * in. A landlord's own fitters may look as well (Derby Homes 5.1); a visitor sees no footage and changes no register.
 */
export const outsideActions: readonly Action[] = [
  'deployment.view',
  'deployment.install',
  'reference.capture',
  'register.view',
]

/** Open to everybody who is signed in: stopping a camera is never a privilege (design §5). */
export const everybodysActions: readonly Action[] = ['deployment.stop', 'policy.read', 'task.view']

/** Shown where a person reads what a role may do. */
export const actionLabels: Readonly<Record<Action, string>> = {
  'deployment.propose': 'ask for a camera',
  'deployment.view': 'see a deployment',
  'deployment.approve': 'approve a camera',
  'deployment.withdraw': 'withdraw an approval',
  'deployment.install': 'record an installation',
  'deployment.stop': 'stop a camera',
  'dpia.write': 'write a data protection impact assessment',
  'dpia.accept': 'accept a data protection impact assessment',
  'reference.capture': 'take the reference picture at installation',
  'consultation.run': 'consult people about a camera',
  'consultation.decide': 'state the result of a consultation',
  'sound.decide': 'decide on sound',
  'footage.view': 'look at recorded footage',
  'footage.live': 'look at live pictures',
  'footage.hold': 'stop footage from being deleted',
  'footage.timeline': 'see when a camera recorded, without pictures',
  'exhibit.make': 'keep footage as an exhibit',
  'exhibit.view': 'see exhibits',
  'disclosure.make': 'hand footage over',
  'disclosure.view': 'see what was handed over',
  'ledger.read': 'read the ledger',
  'register.edit': 'change the register',
  'register.view': 'see the register',
  'recorder.enrol': 'add a recorder',
  'people.manage': 'manage accounts',
  'training.manage': 'record training and licences, and give briefings',
  'providers.manage': 'manage landlords and their policies',
  'policy.read': 'read the policy',
  'policy.keep': 'keep the policy and its papers',
  'adjustment.keep': 'keep what people need to read or hear from us',
  'policy.decide': 'decide what the policy leaves open',
  'task.view': 'see tasks',
  'demo.clock': "move the demo's clock",
}
