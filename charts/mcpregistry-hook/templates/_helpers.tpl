{{/* The templates change what files/ holds, which is generated from manifests/: neither says what the other does not. */}}

{{- define "hook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of the Deployment and its Service: at most 63 characters, the limit of a Service. */}}
{{- define "hook.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "hook.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "hook.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "hook.serviceAccountName" -}}
{{- default (ternary (include "hook.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "hook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hook.name" . }}
{{- end }}

{{- define "hook.labels" -}}
app.kubernetes.io/part-of: mcpregistry-hook
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "hook.selectorLabels" . }}
{{- end }}

{{- define "hook.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default (printf "v%s" $.Chart.AppVersion) }}{{ end }}
{{- end }}
{{- end }}

{{- define "hook.host" -}}
{{ include "hook.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{/*
Writes an object with the labels of the release: (list $ object). Where the object is of a namespace, the caller sets that.
*/}}
{{- define "hook.object" -}}
{{- $ := index . 0 }}
{{- $object := index . 1 }}
{{- $own := $object.metadata.labels | default dict }}
{{- $labels := merge (deepCopy $own) (include "hook.labels" $ | fromYaml) $.Values.commonLabels }}
{{- $_ := set $object.metadata "labels" $labels }}
---
{{ toYaml $object }}
{{ end }}

{{/* Reads a file that holds an object, with the name and the namespace of the release: (list $ file). */}}
{{- define "hook.file" -}}
{{- $ := index . 0 }}
{{- $object := $.Files.Get (printf "files/%s.yaml" (index . 1)) | fromYaml }}
{{- $_ := set $object.metadata "name" (include "hook.fullname" $) }}
{{- $_ := set $object.metadata "namespace" $.Release.Namespace }}
{{- toYaml $object }}
{{- end }}

{{/* Whether two choices exclude each other. */}}
{{- define "hook.checkChoices" -}}
{{- $standalone := .Values.metacontroller.standalone.enabled }}
{{- range $name, $enabled := dict "tls" .Values.tls.enabled "auth.token" .Values.auth.token.enabled "auth.basic" .Values.auth.basic.enabled "auth.mtls" .Values.auth.mtls.enabled "networkPolicy" .Values.networkPolicy.enabled }}
{{- if and $enabled $standalone }}
{{- fail (printf "%s.enabled has no use with metacontroller.standalone.enabled: Metacontroller is in the pod of the hook, and calls it on the loopback interface. Set one of the two to false." $name) }}
{{- end }}
{{- end }}
{{- if and .Values.auth.basic.enabled .Values.auth.token.enabled }}
{{- fail "auth.basic.enabled and auth.token.enabled are both true: Metacontroller sends one of the two. Set the other one to false." }}
{{- end }}
{{- if and .Values.prometheusRule.enabled .Values.networkPolicy.enabled (not .Values.serviceMonitor.enabled) }}
{{- fail "prometheusRule.enabled needs serviceMonitor.enabled=true with networkPolicy.enabled: no Prometheus gets to the metrics otherwise, and MCPRegistryHookDown fires for ever." }}
{{- end }}
{{- if and .Values.auth.mtls.enabled (not .Values.tls.enabled) }}
{{- fail "auth.mtls.enabled needs tls.enabled=true: a client certificate is presented in a TLS handshake." }}
{{- end }}
{{- if and (eq .Values.rbac.scope "namespace") .Values.rbac.create (not .Values.rbac.allowedNamespaces) }}
{{- fail "rbac.scope is namespace and rbac.allowedNamespaces is empty: name the namespaces with registries, or set rbac.scope=cluster." }}
{{- end }}
{{- end }}
