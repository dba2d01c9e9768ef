/** Why a kubelet does not start a pod; the message is the kubelet's. */
export class PodProblem extends Error {
  override readonly name = 'PodProblem';
}
