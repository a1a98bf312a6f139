/** What the pages of suppliers look like; their rows are in `supplier-routes.ts`. */
import type { Pack } from '#policy/policy.ts'
import { components as c, day, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import { contractRuns, type Lack, lacksInShort, type ProofLine } from '../lacks.ts'
import {
  type Audit,
  auditOutcomeLabels,
  auditOutcomes,
  type Contact,
  contactsMax,
  type Supplier,
  supplierWork,
  supplierWorkLabels,
} from '../supplier-store.ts'
import type { Visit } from '../visit-store.ts'
import { listAddress, pager, ruleMark } from './parts.ts'
import { visitTag } from './visit-pages.ts'

type Line = { readonly supplier: Supplier; readonly lacks: readonly Lack[] }

export function suppliersPage(
  lines: readonly Line[],
  asked: { readonly text: string; readonly page: number; readonly total: number; readonly mayAdd: boolean },
): Page {
  const { text, page, total, mayAdd } = asked
  return {
    title: 'Suppliers',
    wide: true,
    back: { href: '/register', text: 'Register' },
    body: html`${marks.heading({
      title: 'Suppliers',
      lead: 'Firms that put in, mend, run or remove cameras, and what they have signed and shown.',
    })}${mayAdd ? c.button({ text: 'Add a supplier', href: '/suppliers/new' }) : null}${marks.filterForm({
      action: '/suppliers',
      fields: c.input({
        name: 'text',
        label: 'Search by name or contract',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/suppliers' } : {}),
    })}${c.table({
      caption: 'Suppliers',
      captionHidden: true,
      columns: [
        { text: 'Supplier' },
        { text: 'What they do' },
        { text: 'Contract until' },
        { text: 'On record' },
      ],
      rows: lines.map(({ supplier, lacks }) => [
        marks.link(`/suppliers/${supplier.id}`, supplier.name),
        workWords(supplier),
        contractWords(supplier),
        supplier.endedMs !== null
          ? marks.stateTag('stopped', 'No longer works for us')
          : lacks.length === 0
            ? marks.stateTag('lawful', 'Nothing missing')
            : marks.stateTag(
                'attention',
                lacks.length === 1 ? 'One thing missing' : `${lacks.length} things missing`,
              ),
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No supplier yet',
        body: text
          ? 'Try part of the name. Suppliers are shown to those whose role reaches the whole landlord.'
          : 'Add the firms that work on your cameras. Nobody of theirs can come before their papers are in order.',
      }),
    })}${pager(total, page, (to) => listAddress('/suppliers', { text, page: to }))}`,
  }
}

const workWords = (supplier: Supplier): string =>
  supplier.does.map((code) => supplierWorkLabels[code]).join('; ') || 'Not said'
const contractWords = (supplier: Supplier): Html | string =>
  supplier.contractFrom === null
    ? 'No contract'
    : supplier.contractUntil === null
      ? 'No end agreed'
      : day(supplier.contractUntil)

export type ShownSupplier = {
  readonly supplier: Supplier
  readonly pack: Pack
  readonly today: string
  readonly timeZone: string
  readonly lacks: readonly Lack[]
  readonly proofs: readonly ProofLine[]
  readonly audits: readonly Audit[]
  readonly contacts: readonly Contact[]
  readonly visits: readonly Visit[]
  readonly mayEdit: boolean
  name(id: string | null): string
}

export function supplierPage(view: View, shown: ShownSupplier): Page {
  const { supplier, lacks, mayEdit, today } = shown
  const now = lacks.filter((lack) => lack.from === null)
  return {
    title: supplier.name,
    wide: true,
    back: { href: '/suppliers', text: 'Suppliers' },
    body: html`${marks.heading({
      title: supplier.name,
      state:
        supplier.endedMs !== null
          ? marks.stateTag('stopped', 'No longer works for us')
          : lacks.length === 0
            ? marks.stateTag('lawful', 'Nothing missing on record')
            : marks.stateTag(
                'attention',
                now.length > 0 ? 'Something is missing' : 'Something runs out soon',
              ),
      lead: lacks.length === 0 ? undefined : leadOf(lacks),
    })}${c.summaryList({
      title: 'Contract',
      rows: [
        { key: 'What they do', value: workWords(supplier) },
        {
          key: 'Handles pictures or names for us',
          value: supplier.processor ? 'Yes: they are our processor' : 'No',
        },
        { key: 'Contract', value: supplier.contractReference || 'No reference given' },
        {
          key: 'From and until',
          value:
            supplier.contractFrom === null
              ? marks.stateTag('attention', 'No contract on record')
              : html`${day(supplier.contractFrom)} to ${supplier.contractUntil === null ? 'no end agreed' : day(supplier.contractUntil)} ${contractRuns(supplier, today) ? marks.stateTag('lawful', 'In force') : marks.stateTag('stopped', 'Not in force')}`,
        },
        { key: 'Note', value: supplier.note || 'None' },
      ],
      cardActions: [
        ...(mayEdit ? [{ href: `/suppliers/${supplier.id}/edit`, text: 'Change' }] : []),
        { href: `/register/changes/supplier/${supplier.id}`, text: 'What changed' },
      ],
    })}${proofsPart(view, shown)}${auditsPart(view, shown)}${contactsPart(view, shown)}${visitsPart(shown)}`,
  }
}

/** What is missing now in one sentence, papers counted; then the first thing that runs out. */
function leadOf(lacks: readonly Lack[]): Html {
  const words = lacksInShort(lacks.filter((lack) => lack.from === null))
  const soon = lacks
    .flatMap((lack) => (lack.from === null ? [] : [lack.from]))
    .toSorted()
    .at(0)
  return html`${words.length === 0 ? null : `Missing: ${words.join(', ')}. `}${soon === undefined ? null : html`The next paper runs out on ${day(soon)}.`}`
}

const proofTags: Readonly<Record<ProofLine['state'], Html>> = {
  shown: marks.stateTag('lawful', 'Shown'),
  missing: marks.stateTag('attention', 'Missing'),
  over: marks.stateTag('attention', 'Run out'),
  soon: marks.stateTag('waiting', 'Runs out soon'),
}

function proofsPart(view: View, { supplier, proofs, mayEdit, pack, timeZone, name }: ShownSupplier): Html {
  return html`${marks.h2('What they have shown')}${c.table({
    caption: 'What is asked of them and what they have shown',
    captionHidden: true,
    columns: [{ text: 'What is asked' }, { text: 'What they showed' }, { text: 'State' }],
    rows: proofs.map(({ label, blocks, clause, proof, state }) => [
      html`${label}${blocks ? html`<br><span class="govuk-body-s">Without it nobody of theirs comes to work.</span>` : null}<br>${ruleMark(pack, clause)}`,
      proof === null
        ? 'Nothing yet'
        : html`${proof.fileName === null ? proof.reference : marks.link(`/suppliers/${supplier.id}/proofs/${proof.id}`, proof.reference)}<br><span class="govuk-body-s overt-muted">${proof.validUntil === null ? 'Does not run out' : html`Until ${day(proof.validUntil)}`}. Seen by ${name(proof.seenBy)}, ${moment(proof.seenMs, timeZone)}.</span>`,
      proofTags[state],
    ]),
  })}${
    mayEdit
      ? c.details(
          'Add what they showed',
          c.form({
            view,
            action: `/suppliers/${supplier.id}/proofs`,
            files: true,
            body: html`${c.select({ name: 'code', label: 'What is it?', view, value: '', empty: 'Choose', options: proofs.map((line) => ({ value: line.code, text: line.label })) })}${c.input(
              {
                name: 'reference',
                label: 'Name or number of the paper',
                view,
                value: '',
                width: 'two-thirds',
              },
            )}${c.dateInput({ name: 'validUntil', label: 'Last day on which it counts', hint: 'Leave it empty if it does not run out.', view, value: '' })}${c.fileUpload({ name: 'file', label: 'The paper itself', hint: 'PDF, JPEG or PNG, 10 MB at most. You may leave it out.', accept: '.pdf,.jpg,.jpeg,.png', view })}${c.button({ text: 'Save the paper', kind: 'secondary' })}`,
          }),
          sent(view, 'code'),
        )
      : null
  }`
}

function auditsPart(view: View, { supplier, audits, mayEdit, today, name }: ShownSupplier): Html {
  return html`${marks.h2('Audits')}${c.table({
    caption: 'When they were looked into',
    captionHidden: true,
    columns: [{ text: 'Day' }, { text: 'Result' }, { text: 'What was found' }, { text: 'Next' }],
    rows: audits.map((audit) => [
      day(audit.day),
      marks.stateTag(
        audit.outcome === 'passed' ? 'lawful' : audit.outcome === 'points' ? 'waiting' : 'attention',
        auditOutcomeLabels[audit.outcome],
      ),
      html`${audit.note}<br><span class="govuk-body-s overt-muted">${name(audit.by)}</span>`,
      audit.nextDay < today && audit === audits[0]
        ? html`${day(audit.nextDay)} ${marks.stateTag('attention', 'Overdue')}`
        : day(audit.nextDay),
    ]),
    empty: marks.paragraph('Nobody has looked into how they work yet.'),
  })}${
    mayEdit
      ? c.details(
          'Add an audit',
          c.form({
            view,
            action: `/suppliers/${supplier.id}/audits`,
            body: html`${c.dateInput({ name: 'auditDay', label: 'When was it?', view, value: today })}${c.radios({ name: 'outcome', label: 'With what result?', view, choices: auditOutcomes.map((value) => ({ value, text: auditOutcomeLabels[value] })) })}${c.textarea({ name: 'found', label: 'What was found?', view, value: '', rows: 3 })}${c.dateInput({ name: 'nextDay', label: 'When is the next one?', view, value: '' })}${c.button({ text: 'Save the audit', kind: 'secondary' })}`,
          }),
          sent(view, 'outcome') || sent(view, 'found'),
        )
      : null
  }`
}

function contactsPart(view: View, { supplier, contacts, mayEdit }: ShownSupplier): Html {
  return html`${marks.h2('People to call')}${c.table({
    caption: 'People at this supplier',
    captionHidden: true,
    columns: [
      { text: 'Name' },
      { text: 'Job' },
      { text: 'Phone' },
      { text: 'Email' },
      ...(mayEdit ? [{ text: 'Remove' }] : []),
    ],
    rows: contacts.map((one) => [
      one.name,
      one.job || 'Not given',
      one.phone || 'Not given',
      one.email || 'Not given',
      ...(mayEdit
        ? [
            c.form({
              view,
              action: `/suppliers/${supplier.id}/contacts/${one.id}/remove`,
              body: c.button({ text: `Remove ${one.name}`, kind: 'secondary' }),
            }),
          ]
        : []),
    ]),
    empty: marks.paragraph('Nobody is on record.'),
  })}${
    mayEdit && contacts.length < contactsMax
      ? c.details(
          'Add somebody',
          c.form({
            view,
            action: `/suppliers/${supplier.id}/contacts`,
            body: html`${c.input({ name: 'contactName', label: 'Name', view, value: '', width: 20, autocomplete: 'off' })}${c.input({ name: 'job', label: 'Job (optional)', view, value: '', width: 20 })}${c.input({ name: 'phone', label: 'Phone (optional)', view, value: '', width: 20, type: 'tel', autocomplete: 'off' })}${c.input({ name: 'email', label: 'Email (optional)', view, value: '', width: 20, type: 'email', autocomplete: 'off' })}${c.button({ text: 'Save the contact', kind: 'secondary' })}`,
          }),
          sent(view, 'contactName'),
        )
      : null
  }`
}

const visitsPart = ({ visits }: ShownSupplier): Html =>
  html`${marks.h2('Visits')}${
    visits.length === 0
      ? marks.paragraph('Nobody of theirs has come yet. A visit is planned from the page of a place.')
      : marks.bullets(
          visits.map(
            (visit) =>
              html`${marks.link(`/visits/${visit.id}`, html`${moment(visit.fromMs, visit.timeZone)}, ${visit.siteName}`)} ${visitTag(visit)}`,
          ),
        )
  }`

const sent = (view: View, name: string): boolean => view.refused !== null && name in view.refused.values

export function supplierForm(
  view: View,
  supplier: Supplier | null,
  providers: readonly { readonly slug: string; readonly name: string }[],
): Page {
  return {
    title: supplier === null ? 'Add a supplier' : `Change ${supplier.name}`,
    back:
      supplier === null
        ? { href: '/suppliers', text: 'Suppliers' }
        : { href: `/suppliers/${supplier.id}`, text: supplier.name },
    body: html`${marks.heading({ title: supplier === null ? 'Add a supplier' : `Change ${supplier.name}` })}${c.form(
      {
        view,
        body: html`${supplier === null ? null : c.hidden('version', supplier.version)}${
          providers.length > 1
            ? c.radios({
                name: 'provider',
                label: 'For which landlord?',
                labelSize: 's',
                view,
                choices: providers.map((p) => ({ value: p.slug, text: p.name })),
              })
            : null
        }${c.input({ name: 'name', label: 'Name of the firm', labelSize: 's', view, value: supplier?.name ?? '', width: 'two-thirds' })}${c.checkboxes(
          {
            name: 'does',
            label: 'What do they do for us?',
            labelSize: 's',
            view,
            values: supplier?.does ?? [],
            choices: supplierWork.map((value) => ({ value, text: supplierWorkLabels[value] })),
          },
        )}${c.radios({
          name: 'processor',
          label: 'Do they handle pictures or names of people for us?',
          labelSize: 's',
          hint: 'Whoever can see a picture while they work handles it. The law calls them a processor.',
          view,
          value: supplier === null ? '' : supplier.processor ? 'yes' : 'no',
          choices: [
            { value: 'yes', text: 'Yes' },
            { value: 'no', text: 'No' },
          ],
        })}${c.input({ name: 'contractReference', label: 'Number of the contract', labelSize: 's', view, value: supplier?.contractReference ?? '', width: 20 })}${c.dateInput(
          {
            name: 'contractFrom',
            label: 'First day of the contract',
            labelSize: 's',
            hint: 'Leave it empty while there is none.',
            view,
            value: supplier?.contractFrom ?? '',
          },
        )}${c.dateInput({ name: 'contractUntil', label: 'Last day of the contract', labelSize: 's', hint: 'Leave it empty if no end was agreed.', view, value: supplier?.contractUntil ?? '' })}${c.textarea(
          { name: 'note', label: 'Note', labelSize: 's', view, value: supplier?.note ?? '', rows: 3 },
        )}${supplier === null ? null : c.checkbox({ name: 'ended', label: 'We no longer work with them', view, checked: supplier.endedMs !== null })}${c.button({ text: 'Save' })}`,
      },
    )}`,
  }
}
