/** Asking people about the policy, as HTML: the form that opens it, the answers, and the public page. */
import { clauseHref, clauseLabel, type Pack } from '#policy/policy.ts'
import {
  components as c,
  type Html,
  html,
  marks,
  moment,
  momentWords,
  type Page,
  untilWords,
  type View,
} from '#web/web.ts'
import {
  type AnswerCounts,
  type Answerer,
  answerers,
  type Consultation,
  type ConsultationAnswer,
  type Hearing,
} from '../consultation-store.ts'
import { isOpen } from '../document.ts'
import { consultationState } from './document-page.ts'

export const answererWords: Readonly<Record<Answerer, string>> = {
  resident: 'I live in one of the homes',
  neighbour: 'I live nearby',
  colleague: 'I work for the landlord',
  partner: 'I work for another organisation',
  other: 'Somebody else',
  'not-said': 'I would rather not say',
}

const countedWords: Readonly<Record<Answerer, string>> = {
  resident: 'Residents',
  neighbour: 'Neighbours',
  colleague: 'Colleagues',
  partner: 'Other organisations',
  other: 'Others',
  'not-said': 'Not said',
}

const heardWords: Readonly<Record<Hearing, string>> = {
  web: 'On the public page',
  paper: 'On paper',
  spoken: 'Spoken',
}

export const answerLengthMax = 2_000
export const ownQuestionsMax = 3

export function newConsultationPage(
  view: View,
  pack: Pack,
  days: { readonly opens: string; readonly closes: string },
): Page {
  return {
    title: 'Ask people about the policy',
    back: { href: `/policy/${pack.provider}/document`, text: 'The document' },
    body: html`${marks.heading({
      title: 'Ask people about the policy',
      caption: `${pack.name}: ${pack.title}`,
      lead: 'Anybody can answer on a public page, without an account and without a name.',
    })}${c.form({
      view,
      action: `/policy/${pack.provider}/consultations`,
      body: html`${c.input({ name: 'title', label: 'What is it called?', view, width: 'two-thirds', maxlength: 160 })}${c.textarea(
        {
          name: 'intro',
          label: 'Why you ask, and what the answers can change',
          view,
          rows: 5,
          maxlength: 4000,
        },
      )}${c.checkboxes({
        name: 'questions',
        label: 'Which of the policy’s own questions?',
        view,
        values: pack.values.upkeep.questions.map((q) => q.code),
        choices: pack.values.upkeep.questions.map((q) => ({
          value: q.code,
          text: q.ask,
          hint:
            q.clause === null
              ? 'The policy has no questions of its own; this is one of Overt’s.'
              : marks.clause(clauseLabel(pack, q.clause), clauseHref(pack, q.clause)),
        })),
      })}${Array.from({ length: ownQuestionsMax }, (_, index) =>
        c.input({
          name: `own${index + 1}`,
          label: `A question of your own${index === 0 ? '' : ` (${index + 1})`}, if you have one`,
          view,
          width: 'two-thirds',
          maxlength: 300,
        }),
      )}${c.dateInput({ name: 'opensOn', label: 'First day', view, value: days.opens })}${c.dateInput({
        name: 'closesOn',
        label: 'Last day',
        hint: 'Answers are taken until midnight at its end.',
        view,
        value: days.closes,
      })}${c.button({ text: 'Open it' })}`,
    })}`,
  }
}

export type AnswersShown = {
  readonly counts: AnswerCounts
  readonly answers: readonly ConsultationAnswer[]
  readonly page: number
  readonly pages: number
}

/** For who keeps the policy: counted, read, and summed up. */
export function answersPage(
  view: View,
  pack: Pack,
  one: Consultation,
  shown: AnswersShown,
  nowMs: number,
): Page {
  const here = `/policy/${pack.provider}/consultations/${one.id}`
  const { counts } = shown
  return {
    title: one.title,
    wide: true,
    back: { href: `/policy/${pack.provider}/document#consultations`, text: 'The document' },
    body: html`${marks.heading({
      title: one.title,
      caption: `${pack.name}: asking about the policy`,
      state: consultationState(one, nowMs),
      lead: `${one.answers} ${one.answers === 1 ? 'answer' : 'answers'}. Open from ${momentWords(one.opensMs)} until ${untilWords(one.closesMs)}.`,
    })}${marks.paragraph(html`People answer at ${marks.link(`/published/${pack.provider}/consultations/${one.id}`, `/published/${pack.provider}/consultations/${one.id}`)}.`)}${c.summaryList(
      {
        rows: [
          { key: 'Who answered', value: counted(counts.who, countedWords) },
          { key: 'How it came', value: counted(counts.heardBy, heardWords) },
          {
            key: 'To each question',
            value: marks.bullets(one.questions.map((q) => `${q.ask} ${counts.said[q.code] ?? 0}`)),
          },
        ],
      },
    )}${marks.h2('What came of it', 'outcome')}${outcomePart(view, here, one, nowMs)}${marks.h2('What people said', 'answers')}${answerList(
      view,
      here,
      one,
      shown,
    )}${one.outcome === null ? typedIn(view, here, one) : null}`,
  }
}

const counted = (by: Readonly<Record<string, number>>, words: Readonly<Record<string, string>>): Html => {
  const rows = Object.entries(words).flatMap(([code, text]) =>
    (by[code] ?? 0) > 0 ? [`${text}: ${by[code]}`] : [],
  )
  return rows.length === 0 ? html`Nobody yet` : marks.bullets(rows)
}

function outcomePart(view: View, here: string, one: Consultation, nowMs: number): Html {
  if (one.outcome !== null)
    return html`${c.insetText(paragraphs(one.outcome))}${marks.small(html`Told on ${moment(one.outcomeMs ?? 0)}, and shown on the public page.`)}`
  if (nowMs < one.closesMs)
    return marks.paragraph(
      'You tell it here when the last day has passed. Then it stands on the public page too.',
    )
  return c.form({
    view,
    action: `${here}/outcome`,
    body: html`${c.textarea({
      name: 'outcome',
      label: 'Sum up what people said and what you will do',
      hint: 'It is shown on the public page, and stays as you tell it. Leave names out.',
      view,
      rows: 8,
      maxlength: 8000,
    })}${c.button({ text: 'Tell the outcome' })}`,
  })
}

const paragraphs = (text: string): Html =>
  html`${text.split(/\n{2,}/).map((part) => html`<p class="govuk-body">${part}</p>`)}`

function answerList(view: View, here: string, one: Consultation, shown: AnswersShown): Html {
  if (shown.answers.length === 0) return marks.paragraph('Nobody has answered yet.')
  return html`${shown.answers.map((answer) =>
    marks.card({
      title: html`${countedWords[answer.who]}, ${heardWords[answer.heardBy].toLowerCase()}, ${moment(answer.atMs)}`,
      headingLevel: 3,
      body:
        answer.answers === null
          ? marks.paragraph('The words were erased. The answer still counts.')
          : html`${one.questions.flatMap((q) => {
              const said = answer.answers?.[q.code]
              return said === undefined ? [] : [html`${marks.small(q.ask)}${paragraphs(said)}`]
            })}${c.details(
              'Erase these words',
              html`${marks.paragraph('Do this where they give somebody away, or whoever wrote them asks for it.')}${c.form(
                {
                  view,
                  action: `${here}/erase`,
                  body: html`${c.hidden('answer', answer.id)}${c.button({ text: 'Erase for good', kind: 'warning' })}`,
                },
              )}`,
            )}`,
    }),
  )}${c.pagination({ page: shown.page, pages: shown.pages, href: (page) => `${here}?page=${page}#answers`, label: 'Pages of answers' })}`
}

const typedIn = (view: View, here: string, one: Consultation): Html =>
  c.details(
    'Type in an answer that came on paper or was spoken',
    c.form({
      view,
      action: `${here}/answers`,
      body: html`${c.radios({
        name: 'heardBy',
        label: 'How did it come?',
        view,
        inline: true,
        choices: [
          { value: 'paper', text: 'On paper' },
          { value: 'spoken', text: 'Spoken' },
        ],
      })}${questionFields(view, one, countedWords)}${c.button({ text: 'Keep the answer' })}`,
    }),
    view.refused !== null && 'heardBy' in view.refused.values,
  )

const questionFields = (view: View, one: Consultation, who: Readonly<Record<Answerer, string>>): Html =>
  html`${one.questions.map((q) =>
    c.textarea({
      name: `answer-${q.code}`,
      label: q.ask,
      labelSize: 's',
      view,
      rows: 4,
      maxlength: answerLengthMax,
    }),
  )}${c.radios({
    name: 'who',
    label: 'Who is answering?',
    labelSize: 's',
    view,
    small: true,
    choices: answerers.map((value) => ({ value, text: who[value] })),
  })}`

/** For anybody: what is asked and until when; after the outcome, what came of it. */
export function publicConsultationPage(view: View, pack: Pack, one: Consultation, nowMs: number): Page {
  const open = isOpen(one, nowMs)
  return {
    title: one.title,
    back: { href: `/published/${pack.provider}`, text: `${pack.name}: ${pack.title}` },
    body: html`${marks.heading({
      title: one.title,
      caption: pack.name,
      lead: open
        ? `You can answer until ${untilWords(one.closesMs)}.`
        : nowMs < one.opensMs
          ? html`You can answer from ${moment(one.opensMs)}.`
          : `This closed at ${untilWords(one.closesMs)}.`,
    })}${paragraphs(one.intro)}${marks.paragraph(marks.link(`/published/${pack.provider}`, 'Read the policy in plain words'))}${
      one.outcome === null
        ? null
        : html`${marks.h2('What came of it')}${marks.paragraph(`${one.answers} people answered.`)}${paragraphs(one.outcome)}`
    }${
      open
        ? c.form({
            view,
            action: `/published/${pack.provider}/consultations/${one.id}`,
            body: html`${questionFields(view, one, answererWords)}${marks.small(
              'Please leave out names and addresses, yours too. Nobody is told who you are, because nobody asks.',
            )}${c.button({ text: 'Send my answer' })}`,
          })
        : one.outcome === null
          ? marks.paragraph(
              nowMs < one.opensMs ? 'It has not opened yet.' : 'What came of it will be told here.',
            )
          : null
    }`,
  }
}
