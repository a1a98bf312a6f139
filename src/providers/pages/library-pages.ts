/** The library as HTML: the list, one paper with its versions, and the form to put one in. */
import { clauseHref, clauseLabel, type Pack, paperKinds, stageLabels, stages } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import { roleTitle } from '../deps.ts'
import { kindWords, type LibraryLine } from '../library.ts'
import type { PaperRow, PaperVersion } from '../library-store.ts'
import { partsNavigation } from './parts.ts'

const stateTag = (line: LibraryLine): Html =>
  ({
    current: () => marks.stateTag('lawful', 'In the library'),
    linked: () => marks.stateTag('lawful', 'Linked by the policy'),
    overdue: () => marks.stateTag('attention', 'To be read again'),
    dead: () => marks.stateTag('attention', 'Link leads nowhere'),
    missing: () => marks.stateTag('waiting', 'Not here yet'),
  })[line.state]()

export function libraryPage(pack: Pack, lines: readonly LibraryLine[], mayKeep: boolean): Page {
  const needing = lines.filter((line) => ['overdue', 'dead', 'missing'].includes(line.state)).length
  return {
    title: `${pack.name}: library`,
    wide: true,
    back: { href: '/policy', text: 'All policies' },
    body: html`${marks.heading({
      title: 'Library',
      caption: `${pack.name}: ${pack.title}`,
      lead:
        needing === 0
          ? 'Every paper that the policy names is here and in time.'
          : `${needing} of ${lines.length} papers need somebody.`,
    })}${partsNavigation(pack.provider, 'library')}${
      mayKeep ? c.button({ text: 'Put a paper in', href: `/policy/${pack.provider}/library/new` }) : null
    }${c.table({
      caption: 'Papers beside the policy',
      captionHidden: true,
      columns: [
        { text: 'Paper' },
        { text: 'Kind' },
        { text: 'Opened at' },
        { text: 'Read again by' },
        { text: 'State' },
      ],
      rows: lines.map((line) => [
        html`${line.href === null ? line.title : marks.link(line.href, line.title)}${
          line.edition === null ? null : html` <span class="overt-muted">${line.edition}</span>`
        }${line.clause === null ? null : html` ${marks.clause(clauseLabel(pack, line.clause), clauseHref(pack, line.clause))}`}`,
        kindWords[line.kind],
        line.stages.length === 0 ? 'no step' : line.stages.map((stage) => stageLabels[stage]).join('; '),
        line.reviewOn === null ? '–' : dayWords(line.reviewOn),
        html`${stateTag(line)}${
          mayKeep && line.id === null && line.code !== null
            ? html`<br>${marks.link(`/policy/${pack.provider}/library/new?code=${line.code}`, 'Put it in')}`
            : null
        }`,
      ]),
      empty: marks.emptyState({
        title: 'The library is empty',
        body: 'The policy names no papers. Put in procedures and templates that people need at their step.',
      }),
    })}`,
  }
}

/** What every version has: its own date, a link or a file, and when it is read again. */
const versionFields = (view: View, reviewOn: string): Html =>
  html`${c.input({ name: 'edition', label: 'Its own date or edition', hint: 'Like “March 2026” or “version 4”.', view, width: 20, maxlength: 60 })}${c.input(
    {
      name: 'url',
      label: 'Link',
      hint: 'An address that begins with https://',
      view,
      width: 'two-thirds',
      type: 'url',
      maxlength: 500,
    },
  )}${c.fileUpload({ name: 'file', label: 'Or a file', hint: 'PDF, plain text, PNG or JPEG, 10 MB at most.', view })}${c.dateInput(
    {
      name: 'reviewOn',
      label: 'When is it to be read again?',
      view,
      value: reviewOn,
    },
  )}`

export function newPaperPage(view: View, pack: Pack, code: string | null, reviewOn: string): Page {
  const named = code === null ? undefined : pack.values.papers.find((paper) => paper.code === code)
  return {
    title: 'Put a paper in',
    back: { href: `/policy/${pack.provider}/library`, text: 'Library' },
    body: html`${marks.heading({
      title: named === undefined ? 'Put a paper in' : `Put in: ${named.title}`,
      caption: `${pack.name}: library`,
      lead: 'It is shown to people at the steps that you choose.',
    })}${c.form({
      view,
      action: `/policy/${pack.provider}/library`,
      files: true,
      body: html`${named === undefined ? null : c.hidden('code', named.code)}${c.input({
        name: 'title',
        label: 'What is it called?',
        view,
        value: named?.title ?? '',
        width: 'two-thirds',
        maxlength: 160,
      })}${c.radios({
        name: 'kind',
        label: 'What kind of paper is it?',
        view,
        value: named?.kind ?? '',
        choices: paperKinds.map((kind) => ({ value: kind, text: kindWords[kind] })),
      })}${c.checkboxes({
        name: 'stages',
        label: 'At which steps do people need it?',
        view,
        values: named?.stages ?? [],
        small: true,
        choices: stages.map((stage) => ({ value: stage, text: stageLabels[stage] })),
      })}${c.select({
        name: 'ownerRole',
        label: 'Who answers for it?',
        view,
        value: pack.values.upkeep.ownerRole.value,
        options: pack.values.roles.map((role) => ({ value: role.code, text: role.title })),
      })}${versionFields(view, reviewOn)}${c.button({ text: 'Put it in' })}`,
    })}`,
  }
}

export function paperPage(
  view: View,
  pack: Pack,
  shown: {
    readonly paper: PaperRow
    readonly versions: readonly PaperVersion[]
    readonly names: ReadonlyMap<string, { readonly name: string }>
    readonly mayKeep: boolean
    readonly today: string
  },
): Page {
  const { paper, versions, names } = shown
  const here = `/policy/${pack.provider}/library/${paper.id}`
  const newest = versions[0]
  const opens = newest === undefined ? null : open(here, newest)
  const overdue = paper.reviewOn < shown.today
  const next = Temporal.PlainDate.from(shown.today).add({ years: 1 }).toString()
  return {
    title: paper.title,
    back: { href: `/policy/${pack.provider}/library`, text: 'Library' },
    body: html`${marks.heading({
      title: paper.title,
      caption: `${pack.name}: ${kindWords[paper.kind].toLowerCase()}`,
      state:
        paper.deadSinceMs !== null
          ? marks.stateTag('attention', 'Link leads nowhere')
          : overdue
            ? marks.stateTag('attention', 'To be read again')
            : marks.stateTag('lawful', 'In time'),
      lead: opens,
    })}${c.summaryList({
      rows: [
        { key: 'Edition', value: paper.edition },
        {
          key: 'Opened at',
          value:
            paper.stages.length === 0
              ? 'no step'
              : marks.bullets(paper.stages.map((stage) => stageLabels[stage])),
        },
        { key: 'Answered for by', value: roleTitle(pack, paper.ownerRole) },
        { key: 'To be read again by', value: dayWords(paper.reviewOn) },
      ],
    })}${marks.h2('Versions')}${c.table({
      caption: 'Versions',
      captionHidden: true,
      columns: [{ text: 'Number' }, { text: 'Edition' }, { text: 'What' }, { text: 'Put in' }],
      rows: versions.map((version) => [
        String(version.number),
        version.edition,
        open(here, version),
        html`${moment(version.atMs)} by ${version.by === null ? 'Overt' : (names.get(version.by)?.name ?? 'somebody who has left')}`,
      ]),
    })}${
      shown.mayKeep
        ? html`${c.details(
            'Add a newer version',
            c.form({
              view,
              action: `${here}/versions`,
              files: true,
              body: html`${versionFields(view, next)}${c.button({ text: 'Add it' })}`,
            }),
            view.refused !== null && 'edition' in view.refused.values,
          )}${c.details(
            'It was read again and is still right',
            c.form({
              view,
              action: `${here}/reviewed`,
              body: html`${c.dateInput({ name: 'reviewOn', id: 'next', label: 'When is it to be read again?', view, value: next })}${c.button({ text: 'Record' })}`,
            }),
            view.refused !== null && !('edition' in view.refused.values),
          )}${
            paper.url !== null && paper.deadSinceMs === null
              ? c.form({
                  view,
                  action: `${here}/dead`,
                  body: c.button({ text: 'The link leads nowhere', kind: 'secondary' }),
                })
              : null
          }${c.form({ view, action: `${here}/end`, body: c.button({ text: 'Take it out of the library', kind: 'warning' }) })}`
        : null
    }`,
  }
}

const open = (here: string, version: PaperVersion): Html =>
  version.url === null
    ? marks.link(`${here}/file?number=${version.number}`, version.filename ?? 'the file')
    : marks.link(version.url, version.url)
