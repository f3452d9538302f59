{{/* Labels of an object: (dict "root" $ "component" "agent"). */}}
{{- define "bpfchain.labels" -}}
{{ include "bpfchain.selector" . }}
app.kubernetes.io/part-of: bpfchain
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What selects the pods; without the release's name, so that a release under another name takes over what it finds. */}}
{{- define "bpfchain.selector" -}}
app.kubernetes.io/name: bpfchain
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* An image by digest or tag: (dict "root" $ "image" .Values.agent.image). */}}
{{- define "bpfchain.image" -}}
{{- $name := printf "%s/%s" .root.Values.image.registry .image.repository -}}
{{- if .image.digest }}{{ printf "%s@%s" $name .image.digest }}{{ else }}{{ printf "%s:%s" $name (.image.tag | default .root.Chart.AppVersion) }}{{ end }}
{{- end }}

{{- define "bpfchain.priorityClass" -}}
{{- .Values.priorityClass.name | default (ternary "bpfchain" "" .Values.priorityClass.create) }}
{{- end }}

{{/* What a pod of either kind has. */}}
{{- define "bpfchain.pod" -}}
{{- with include "bpfchain.priorityClass" .root }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . | quote }}
{{- end }}
{{- end }}
serviceAccountName: bpfchain-{{ .component }}
enableServiceLinks: false
{{- with .values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- end }}

{{/* Annotations of what an uninstallation makes and removes again, however it ends: the weight. */}}
{{- define "bpfchain.uninstallHook" -}}
{{ dict "helm.sh/hook" "pre-delete" "helm.sh/hook-weight" (toString .) "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded,hook-failed" | toJson }}
{{- end }}

{{- define "bpfchain.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 20
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end }}
