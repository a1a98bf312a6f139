/** The steps that people take, as functions: what the pages call, and what a demo's first days are made with. */
export {
  answerDpia,
  decideApproval,
  liftStop,
  recordAgreement,
  recordRemoval,
  stopDeployment,
  withdrawAgreement,
  withdrawApproval,
  writeDpia,
} from './decisions.ts'
export { factsMark } from './facts.ts'
export {
  answerChecklist,
  captureReference,
  connectCamera,
  judgeReference,
  placeSign,
  probeCamera,
} from './install.ts'
export { type Proposal, proposalSchema, propose, revise } from './propose.ts'
