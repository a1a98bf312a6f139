/** The steps that people take, as functions: what the pages call, and what a demo's first days are made with. */
export { answerDpia, writeDpia } from './assess.ts'
export {
  callOffConsultation,
  eraseFromConsultation,
  handChargeOver,
  openConsultation,
  recordAnswer,
  recordNewBuild,
  stateResult,
} from './consultation.ts'
export {
  decideApproval,
  liftStop,
  recordAgreement,
  recordRemoval,
  stopDeployment,
  withdrawAgreement,
  withdrawApproval,
} from './decisions.ts'
export { factsMark } from './facts.ts'
export {
  answerChecklist,
  connectCamera,
  probeCamera,
} from './install.ts'
export { addSitePhoto, recordMatching, switchMatchingOff } from './installed.ts'
export { type Proposal, proposalSchema } from './proposal.ts'
export { propose, revise } from './propose.ts'
export { captureReference, judgeReference } from './reference.ts'
export {
  addSign,
  answerForSign,
  guardSigns,
  placeSign,
  reportSignMissing,
  takeSignAway,
} from './sign-steps.ts'
export { askSound, decideSound, endSound } from './sound.ts'
export { decideTransition } from './transition/steps.ts'
