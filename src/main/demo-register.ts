/** What the demo's register holds beside its cameras: who runs a system and how, equipment, a supplier and their visit. */
import { addDays } from '#base/base.ts'
import type { Client } from '#visitor/visitor.ts'

type Parts = {
  /** Keeps Larkhill's register and manages the system. */
  readonly keeper: Client
  readonly operator: Client
  /** Keeps Fernside's. */
  readonly other: Client
  readonly today: string
}

/** Through the same doors that people use; asked again it finds it done. */
export async function fillRegister({ keeper, operator, other, today }: Parts): Promise<void> {
  const suppliers = (await keeper.get('/suppliers')) as unknown[]
  if (suppliers.length > 0) return
  const me = (await keeper.get('/account')).id as string
  const kofi = (await operator.get('/account')).id as string
  const [system] = (await keeper.get('/systems')) as { id: string; siteId: string }[]
  if (system === undefined) return
  await runSystem(keeper, operator, system.id, { manager: me, operator: kofi })
  await equip(keeper, system, kofi)
  await other.post('/devices/new', {
    kind: 'camera',
    name: 'Redeployable camera 2',
    make: 'Roamer',
    model: 'R4',
    serial: 'R4-20031',
    owner: 'landlord',
    redeployable: 'yes',
    place: 'Store at the depot, shelf 1',
  })
  const { id: patch } = await keeper.post('/patches/new', { name: 'Station Road', managerId: kofi })
  const site = await keeper.get(`/sites/${system.siteId}`)
  await keeper.post(`/sites/${system.siteId}/edit`, {
    version: site.version,
    name: site.name,
    address: site.address.join('\n'),
    kind: site.kind,
    ...(site.area === null ? {} : { area: site.area }),
    patchId: patch,
  })
  // Last, because it is what says that all is done.
  await contract(keeper, system, me, today)
}

async function runSystem(
  keeper: Client,
  operator: Client,
  system: string,
  people: { readonly manager: string; readonly operator: string },
): Promise<void> {
  await keeper.post(`/systems/${system}/manager`, { managerId: people.manager })
  const { operators } = (await keeper.get(`/systems/${system}`)) as { operators: string[] }
  if (!operators.includes(people.operator))
    await keeper.post(`/systems/${system}/operators`, { operatorId: people.operator })
  await keeper.post(`/systems/${system}/procedure`, {
    title: 'Running the cameras of Larkhill House',
    duties:
      'The manager answers for the system, checks it each month and names who may operate it.\nOperators look only with a reason and a case, and tell the manager when a camera fails.',
    link: '/policy',
  })
  const { procedure } = await operator.get(`/systems/${system}`)
  await operator.post(`/procedures/${procedure.id}/acknowledge`, { read: 'yes' })
  await keeper.post(`/systems/${system}/security`, {
    'answer-locked': 'met',
    'evidence-locked': 'Steel cabinet in the caretaker’s room; the caretaker and the manager hold keys.',
    'answer-out-of-reach': 'met',
    'evidence-out-of-reach': 'On a lamp post, five metres up. Seen on site.',
    'answer-covers': 'not-met',
    'evidence-covers': 'The dome was scratched in spring. A cover is ordered.',
  })
}

async function equip(keeper: Client, system: { id: string; siteId: string }, holder: string): Promise<void> {
  const { cameras } = (await keeper.get(`/systems/${system.id}`)) as { cameras: { id: string }[] }
  const today = (await keeper.get(`/cameras/${cameras[0]!.id}/view`)) as { requirement: unknown }
  if (today.requirement === null)
    await keeper.post(`/cameras/${cameras[0]!.id}/view`, {
      version: 0,
      level: 'observe',
      mustSee: 'What people do at the parking bays, by day and under the lamps at night.',
      byDay: 'not-tried',
      byNight: 'not-tried',
    })
  const device = { owner: 'landlord', siteId: system.siteId, systemId: system.id }
  await keeper.post('/devices/new', {
    ...device,
    kind: 'recorder',
    name: 'Recorder in the caretaker’s room',
    make: 'Steadfast',
    model: 'S2',
    serial: 'S2-118204',
    place: 'Steel cabinet',
  })
  await keeper.post('/devices/new', {
    ...device,
    kind: 'screen',
    name: 'Screen in the caretaker’s room',
    make: 'Clearview',
    model: '24',
    serial: 'CV-5521',
    place: 'On the desk, away from the window',
  })
  const { id } = await keeper.post('/devices/new', {
    kind: 'camera',
    name: 'Redeployable camera 1',
    make: 'Roamer',
    model: 'R4',
    serial: 'R4-20017',
    owner: 'landlord',
    redeployable: 'yes',
    place: 'Store, shelf 2',
  })
  const { version } = await keeper.get(`/devices/${id}`)
  await keeper.post(`/devices/${id}/move`, { version, move: 'issue', holderId: holder, place: 'Van 3' })
}

async function contract(
  keeper: Client,
  system: { id: string; siteId: string },
  supervisor: string,
  today: string,
): Promise<void> {
  const { id } = await keeper.post('/suppliers/new', {
    name: 'Brightlens Security Ltd',
    does: ['fitting', 'mending', 'removal'],
    processor: 'yes',
    contractReference: 'LH-2026-014',
    contractFrom: addDays(today, -200),
    contractUntil: addDays(today, 165),
    note: 'Called out by the caretaker; answers within a day.',
  })
  const proof = (code: string, reference: string, validUntil?: string) =>
    keeper.post(`/suppliers/${id}/proofs`, { code, reference, ...(validUntil ? { validUntil } : {}) })
  await proof('processor-terms', 'Data processing agreement LH-2026-014-B')
  await proof('contract-says', 'Contract LH-2026-014, section 7')
  await proof('audit-agreed', 'Contract LH-2026-014, section 9')
  await proof('insurance', 'Public liability, policy PL-77120', addDays(today, 40))
  await keeper.post(`/suppliers/${id}/contacts`, {
    contactName: 'Jo Field',
    job: 'Service desk',
    phone: '0800 555 0190',
    email: 'service@brightlens.example',
  })
  await keeper.post('/visits/new', {
    siteId: system.siteId,
    supplierId: id,
    systemId: system.id,
    engineer: 'Pat Doe',
    purpose: 'Put a cover on the dome.',
    supervisorId: supervisor,
    day: addDays(today, 1),
    from: '09:30',
    until: '12:00',
  })
}
