{{/* Rejects values with which Godwit would not start, or would run wrongly. */}}
{{- define "godwit.checks" -}}
{{- $config := .Values.config | default dict -}}
{{- $auth := $config.auth | default dict -}}
{{- if eq .Values.store.type "sqlite" -}}
{{- if .Values.autoscaling.enabled -}}
{{- fail "store.type sqlite is for exactly one replica: autoscaling needs store.type postgresql" -}}
{{- end -}}
{{- if gt (int .Values.replicaCount) 1 -}}
{{- fail "store.type sqlite is for exactly one replica: set replicaCount to 1 or store.type to postgresql" -}}
{{- end -}}
{{- else if not .Values.store.postgresql.existingSecret -}}
{{- fail "store.postgresql.existingSecret: name the secret that holds the URL of the database" -}}
{{- end -}}
{{- if not $config.accounts -}}
{{- fail "config.accounts: configure at least one account" -}}
{{- end -}}
{{- if not (or $auth.keys $auth.jwt) -}}
{{- fail "config.auth: configure keys or jwt; without them the gateway does not start on a reachable address" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not $auth.publicMetrics) (not .Values.metrics.serviceMonitor.authorization.existingSecret) -}}
{{- fail "metrics.serviceMonitor: /metrics requires credentials; set config.auth.publicMetrics or metrics.serviceMonitor.authorization.existingSecret" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.hosts: name at least one host" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: name the gateway that the route belongs to" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas)) -}}
{{- fail "autoscaling.maxReplicas must be at least minReplicas" -}}
{{- end -}}
{{- end -}}
