/** Whether an image reference names whatever is newest (https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting). */
export const isMoving = (image: string): boolean =>
  !image.includes('@') && /^[^:]*(?::\d+\/[^:]*)?(?::latest)?$/.test(image);
