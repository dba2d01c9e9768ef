/** What of a pod the harness reads, as Kubernetes writes it. */

export interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly periodSeconds?: number;
}

export interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
    readonly secretRef?: { readonly name: string; readonly optional?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly readinessProbe?: Probe;
  readonly securityContext?: SecurityContext & {
    readonly readOnlyRootFilesystem?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
  };
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
}

export interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
  readonly optional?: boolean;
}

export interface Projection {
  readonly configMap?: Items & { readonly name: string };
  readonly secret?: Items & { readonly name: string };
  readonly serviceAccountToken?: { readonly path: string; readonly audience?: string };
  readonly downwardAPI?: {
    readonly items?: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[];
  };
}

export interface Volume {
  readonly name: string;
  readonly configMap?: Items & { readonly name: string; readonly defaultMode?: number };
  readonly secret?: Items & { readonly secretName: string; readonly defaultMode?: number };
  readonly projected?: { readonly sources?: readonly Projection[]; readonly defaultMode?: number };
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Volume[];
    readonly securityContext?: SecurityContext;
    readonly automountServiceAccountToken?: boolean;
    readonly enableServiceLinks?: boolean;
    readonly serviceAccountName?: string;
    readonly terminationGracePeriodSeconds?: number;
  };
}

/** Texts by their keys, or by their paths. */
export type Texts = Readonly<Record<string, string>>;

/** What a pod finds in its namespace. */
export interface Objects {
  readonly configMaps?: Readonly<Record<string, Texts>>;
  readonly secrets?: Readonly<Record<string, Texts>>;
  /** The files of each PersistentVolumeClaim, or a folder of this machine that is the volume. */
  readonly claims?: Readonly<Record<string, Texts | string>>;
}

/** A Service whose variables a kubelet gives to the pods of its namespace. */
export interface ServiceAddress {
  readonly name: string;
  readonly ip: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
}

/** What a kubelet knows of a pod besides its template. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  /** The files of its ServiceAccount: `token`, `ca.crt` and `namespace`. */
  readonly account: Texts;
  /** The Services of its namespace. */
  readonly services: readonly ServiceAddress[];
  /** The API server, whose variables every pod has. */
  readonly kubernetes: ServiceAddress;
}
