-- The health of an MCPRegistry, as kubectl wait --for=condition=Ready and kstatus see it.
--
-- Degraded is what needs a person (Stalled); a sync that waits for it ends. Pods that fail without that being certain
-- (PodsFailing) may still come up, so they are Progressing, with their cause. A registry that serves its spec is Healthy,
-- even if one of several pods fails: the message says so.
local status = obj.status

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "MCPRegistry is being terminated" }
end
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the status of this generation" }
end

local conditions = {}
for _, condition in ipairs(status.conditions) do
  if condition.status == "True" then
    conditions[condition.type] = condition
  end
end

if conditions.Stalled ~= nil then
  return { status = "Degraded", message = conditions.Stalled.message }
end
-- While old pods serve, Ready keeps the generation that it was last true of.
if conditions.Ready ~= nil and conditions.Reconciling == nil
    and conditions.Ready.observedGeneration == obj.metadata.generation then
  return { status = "Healthy", message = status.message or "" }
end
if conditions.PodsFailing ~= nil then
  return { status = "Progressing", message = conditions.PodsFailing.message }
end
return { status = "Progressing", message = status.message or "" }
