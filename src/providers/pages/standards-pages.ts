/** The register of laws, codes, standards and registrations as HTML. */
import { clauseHref, clauseLabel, controls, type Pack, standardKinds } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import { roleTitle } from '../deps.ts'
import { clausesAnswering, type StandardLine } from '../standards.ts'
import type { StandardChange, StandardKind, StandardState } from '../standards-store.ts'
import { partsNavigation } from './parts.ts'

const kindWords: Readonly<Record<StandardKind, string>> = {
  statute: 'Law',
  code: 'Code of practice',
  standard: 'Standard',
  regulator: 'Standard of a regulator',
  registration: 'Registration or licence',
}

const stateWords: Readonly<Record<StandardState, string>> = {
  'in-force': 'In force',
  amended: 'Amended',
  repealed: 'Repealed or withdrawn',
  'not-taken-up': 'Looked at and not taken up',
}

function stateTag(line: StandardLine): Html {
  if (line.expiry === 'over') return marks.stateTag('attention', 'Has run out')
  if (line.expiry === 'soon') return marks.stateTag('attention', 'Runs out soon')
  if (line.unproved) return marks.stateTag('waiting', 'No number recorded')
  if (line.state === 'in-force') return marks.stateTag('lawful', stateWords['in-force'])
  return marks.stateTag(line.state === 'not-taken-up' ? 'stopped' : 'attention', stateWords[line.state])
}

/** What answers it here, in words: its controls, or that nothing does yet. */
const answers = (line: StandardLine): Html =>
  line.controls.length === 0
    ? marks.stateTag('waiting', 'Nothing named yet')
    : marks.bullets(line.controls.map((id) => controls.get(id)?.says ?? id))

export function standardsPage(pack: Pack, lines: readonly StandardLine[], mayKeep: boolean): Page {
  const pressing = lines.filter((line) => line.expiry === 'over' || line.expiry === 'soon').length
  const unproved = lines.filter((line) => line.unproved).length
  return {
    title: `${pack.name}: laws and standards`,
    wide: true,
    back: { href: '/policy', text: 'All policies' },
    body: html`${marks.heading({
      title: 'Laws and standards',
      caption: `${pack.name}: ${pack.title}`,
      lead:
        pressing > 0
          ? `${pressing} of them ${pressing === 1 ? 'runs out soon or has' : 'run out soon or have'} run out.`
          : unproved > 0
            ? `Of ${unproved} of them no number is recorded here.`
            : 'What the policy must keep to, and what in Overt answers each.',
    })}${partsNavigation(pack.provider, 'standards')}${
      mayKeep ? c.button({ text: 'Add one', href: `/policy/${pack.provider}/standards/new` }) : null
    }${standardKinds.map((kind) => {
      const mine = lines.filter((line) => line.kind === kind)
      if (mine.length === 0) return null
      return c.table({
        caption: kindPlural[kind],
        columns: [
          { text: 'Name' },
          { text: 'Edition' },
          { text: 'State' },
          { text: 'Runs out' },
          { text: 'Answered by' },
        ],
        rows: mine.map((line) => [
          html`${marks.link(`/policy/${pack.provider}/standards/${line.code}`, line.title)}${clausesAnswering(
            pack,
            line,
          ).map(
            (clause) => html` ${marks.clause(clauseLabel(pack, clause.id), clauseHref(pack, clause.id))}`,
          )}`,
          line.edition ?? '–',
          stateTag(line),
          line.expiresOn === null ? '–' : dayWords(line.expiresOn),
          `${line.controls.length} ${line.controls.length === 1 ? 'control' : 'controls'}`,
        ]),
      })
    })}`,
  }
}

const kindPlural: Readonly<Record<StandardKind, string>> = {
  statute: 'Laws',
  code: 'Codes of practice',
  standard: 'Standards',
  regulator: 'Standards of regulators',
  registration: 'Registrations and licences',
}

export function standardPage(
  view: View,
  pack: Pack,
  shown: {
    readonly line: StandardLine
    readonly changes: readonly StandardChange[]
    readonly names: ReadonlyMap<string, { readonly name: string }>
    readonly mayKeep: boolean
  },
): Page {
  const { line, changes, names } = shown
  const here = `/policy/${pack.provider}/standards/${line.code}`
  return {
    title: line.title,
    back: { href: `/policy/${pack.provider}/standards`, text: 'Laws and standards' },
    body: html`${marks.heading({ title: line.title, caption: `${pack.name}: ${kindWords[line.kind].toLowerCase()}`, state: stateTag(line) })}${
      line.silent === null ? null : marks.small(line.silent)
    }${c.summaryList({
      rows: [
        {
          key: 'Edition',
          value: html`${line.edition ?? 'None given'}${line.dated === null ? null : `, of ${dayWords(line.dated)}`}`,
        },
        {
          key: 'State',
          value: line.unproved ? `${stateWords[line.state]}, as the policy says` : stateWords[line.state],
        },
        ...(line.unproved
          ? [{ key: 'Number', value: 'Not recorded. Until it is, nothing here shows that it is held.' }]
          : line.number === null
            ? []
            : [{ key: 'Number', value: line.number }]),
        { key: 'Runs out', value: line.expiresOn === null ? 'No day given' : dayWords(line.expiresOn) },
        { key: 'Answered for by', value: roleTitle(pack, line.ownerRole) },
        { key: 'Last checked', value: line.checkedOn === null ? 'Not yet' : dayWords(line.checkedOn) },
        ...(line.note === null ? [] : [{ key: 'Note', value: line.note }]),
        {
          key: 'Clauses of the policy',
          value:
            clausesAnswering(pack, line).length === 0
              ? 'None: the document does not name it.'
              : marks.bullets(
                  clausesAnswering(pack, line).map(
                    (clause) =>
                      html`${clause.text} ${marks.clause(clauseLabel(pack, clause.id), clauseHref(pack, clause.id))}`,
                  ),
                ),
        },
        { key: 'What in Overt answers it', value: answers(line) },
      ],
    })}${
      shown.mayKeep
        ? c.buttonGroup(
            c.button({ text: 'Change it', href: `${here}/change` }),
            c.form({
              view,
              action: `${here}/checked`,
              body: c.button({ text: 'Checked: the policy answers it', kind: 'secondary' }),
            }),
          )
        : null
    }${marks.h2('Changes')}${
      changes.length === 0
        ? marks.paragraph('It stands as the policy’s pack has it. Nobody has changed it here.')
        : c.timelineOfEvents(
            changes.map((change) => ({
              title: change.what,
              by: change.by === null ? 'Overt' : (names.get(change.by)?.name ?? 'somebody who has left'),
              atMs: change.atMs,
              when: dayWords(new Date(change.atMs).toISOString().slice(0, 10)),
              body: [
                stateWords[change.state],
                change.edition,
                change.expiresOn === null ? null : `runs out ${dayWords(change.expiresOn)}`,
              ]
                .filter((part) => part !== null)
                .join(', '),
            })),
          )
    }`,
  }
}

export function standardFormPage(view: View, pack: Pack, line: StandardLine | null): Page {
  const here = `/policy/${pack.provider}/standards`
  return {
    title: line === null ? 'Add a law or standard' : `Change: ${line.title}`,
    back: {
      href: line === null ? here : `${here}/${line.code}`,
      text: line === null ? 'Laws and standards' : line.title,
    },
    body: html`${marks.heading({
      title: line === null ? 'Add a law, code, standard or registration' : line.title,
      caption: `${pack.name}: laws and standards`,
      lead: 'A change opens a task to see whether the policy still answers it.',
    })}${c.form({
      view,
      action: line === null ? here : `${here}/${line.code}`,
      body: html`${c.input({ name: 'title', label: 'What is it called?', view, value: line?.title ?? '', width: 'two-thirds', maxlength: 200 })}${c.radios(
        {
          name: 'kind',
          label: 'What is it?',
          view,
          value: line?.kind ?? '',
          choices: standardKinds.map((kind) => ({ value: kind, text: kindWords[kind] })),
        },
      )}${c.input({ name: 'edition', label: 'Edition, if it has one', view, value: line?.edition ?? '', width: 20, maxlength: 60 })}${c.dateInput(
        {
          name: 'dated',
          label: 'Day of that edition, or on which it was given',
          view,
          value: line?.dated ?? null,
        },
      )}${c.input({ name: 'number', label: 'Registration or licence number, if it has one', hint: 'The landlord’s, never a person’s.', view, value: line?.number ?? '', width: 20, maxlength: 60 })}${c.dateInput(
        {
          name: 'expiresOn',
          label: 'Runs out on, if it does',
          hint: 'You are told 60 days before.',
          view,
          value: line?.expiresOn ?? null,
        },
      )}${c.radios({
        name: 'state',
        label: 'How does it stand?',
        view,
        value: line?.state ?? 'in-force',
        choices: (Object.keys(stateWords) as StandardState[]).map((state) => ({
          value: state,
          text: stateWords[state],
        })),
      })}${c.select({
        name: 'ownerRole',
        label: 'Who answers for it?',
        view,
        value: line?.ownerRole ?? pack.values.upkeep.ownerRole.value,
        options: pack.values.roles.map((role) => ({ value: role.code, text: role.title })),
      })}${c.textarea({ name: 'note', label: 'Note, if there is one', hint: 'Why it is not taken up, or what is odd about it.', view, value: line?.note ?? '', rows: 3, maxlength: 2000 })}${c.details(
        'What in Overt answers it',
        c.checkboxes({
          name: 'controls',
          label: 'Controls',
          labelHidden: true,
          view,
          values: line?.controls ?? [],
          small: true,
          choices: [...controls.values()].map((control) => ({ value: control.id, text: control.says })),
        }),
        (line?.controls.length ?? 0) > 0,
      )}${c.textarea({ name: 'what', label: line === null ? 'Why is it added?' : 'What changed?', view, rows: 3, maxlength: 2000 })}${c.button({ text: line === null ? 'Add it' : 'Keep the change' })}`,
    })}`,
  }
}
