{{- define "onduty.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "onduty.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Not the name of the server's pods: neither its Service nor its network policy is for exporters. */}}
{{- define "onduty.exportSelector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}-export
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .export.name }}
{{- end }}

{{- define "onduty.labels" -}}
{{ include "onduty.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* The environment is what configures a server, so that `onduty health` and the command line in the pod know it too. */}}
{{- define "onduty.environment" -}}
{{- $set := dict
  "ONDUTY_LISTEN" "0.0.0.0:50250"
  "ONDUTY_HTTP_LISTEN" "0.0.0.0:50251"
  "ONDUTY_METRICS_LISTEN" "0.0.0.0:9464"
  "ONDUTY_LOG_FORMAT" "json"
  "ONDUTY_DRAIN_DELAY" (printf "%ds" (int .Values.drainDelaySeconds))
  "ONDUTY_SHUTDOWN_GRACE" (printf "%ds" (int .Values.shutdownGraceSeconds))
-}}
{{- if eq .Values.store "redis" }}
{{- $_ := set $set "ONDUTY_STORE" .Values.redis.url }}
{{- $_ := set $set "ONDUTY_MAX_CONNECTION_AGE" (printf "%ds" (int .Values.maxConnectionAgeSeconds)) }}
{{- if .Values.redis.username }}{{ $_ := set $set "ONDUTY_STORE_USERNAME" .Values.redis.username }}{{ end }}
{{- else }}
{{- $_ := set $set "ONDUTY_STORE" "sqlite:/var/lib/onduty/onduty.db" }}
{{- end }}
{{- if .Values.keysSecret }}{{ $_ := set $set "ONDUTY_KEY_FILE" "/etc/onduty/keys/keys" }}{{ end }}
{{- if .Values.allowPlaintext }}{{ $_ := set $set "ONDUTY_ALLOW_PLAINTEXT" "true" }}{{ end }}
{{- if .Values.tls.existingSecret }}
{{- $_ := set $set "ONDUTY_TLS_CERTIFICATE" "/etc/onduty/tls/tls.crt" }}
{{- $_ := set $set "ONDUTY_TLS_KEY" "/etc/onduty/tls/tls.key" }}
{{- if .Values.tls.clientCaKey }}
{{- $_ := set $set "ONDUTY_TLS_CLIENT_CA" (printf "/etc/onduty/tls/%s" .Values.tls.clientCaKey) }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{- /* A large number would come as 5e+06. */}}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end }}
{{- $_ := set $set (printf "ONDUTY_%s" (upper $name)) (toString $value) }}
{{- end }}
{{- range $name, $value := $set }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if and (eq .Values.store "redis") .Values.redis.existingSecret }}
- name: ONDUTY_STORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .Values.redis.existingSecret }}
      key: password
{{- end }}
{{- end }}

{{- /* A probe of `path`. The HTTP door says whether calls are served; kubelet does not verify its certificate. Where
client certificates are required kubelet has none, so there the port of the metrics is asked, which has no TLS. */}}
{{- define "onduty.probe" -}}
httpGet:
  path: {{ .path }}
{{- if .root.Values.tls.clientCaKey }}
  port: metrics
{{- else }}
  port: http
  scheme: {{ if .root.Values.tls.existingSecret }}HTTPS{{ else }}HTTP{{ end }}
{{- end }}
timeoutSeconds: 3
{{- end }}

{{- define "onduty.pod" -}}
metadata:
  labels:
    {{- include "onduty.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "onduty.name" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  # drain_delay, shutdown_grace, and what is written at the end.
  terminationGracePeriodSeconds: {{ add .Values.drainDelaySeconds .Values.shutdownGraceSeconds 20 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
  {{- if .Values.topologySpreadConstraints }}
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
  {{- else }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "onduty.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: onduty
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      env:
        {{- include "onduty.environment" . | nindent 8 }}
      ports:
        - name: grpc
          containerPort: 50250
        - name: http
          containerPort: 50251
        - name: metrics
          containerPort: 9464
      # Loading a store takes as long as it takes; until then nothing listens.
      startupProbe:
        {{- include "onduty.probe" (dict "root" . "path" "/healthz") | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 150
      livenessProbe:
        {{- include "onduty.probe" (dict "root" . "path" "/healthz") | nindent 8 }}
        periodSeconds: 10
        failureThreshold: 3
      readinessProbe:
        {{- include "onduty.probe" (dict "root" . "path" "/readyz") | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 2
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if eq .Values.store "embedded" }}
        - name: data
          mountPath: /var/lib/onduty
        {{- end }}
        {{- if .Values.keysSecret }}
        - name: keys
          mountPath: /etc/onduty/keys
          readOnly: true
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /etc/onduty/tls
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if .Values.keysSecret }}
    - name: keys
      secret:
        secretName: {{ .Values.keysSecret }}
        defaultMode: 0440
    {{- end }}
    {{- if .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ .Values.tls.existingSecret }}
        defaultMode: 0440
    {{- end }}
{{- end }}
