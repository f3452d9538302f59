-- The health of a CgroupProgramChain, for resource.customizations.health.bpfchain.io_CgroupProgramChain in the ConfigMap argocd-cm.
-- It reads only what the operator says of the generation that was applied.
local health = {status = "Progressing", message = "The operator has not looked at this generation yet."}
local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health
end

local conditions = {}
for _, condition in ipairs(status.conditions) do
  conditions[condition.type] = condition
end

local function is(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

if is("Stalled") then
  return {status = "Degraded", message = conditions.Stalled.message}
end
if is("Reconciling") then
  -- A person has paused it, and a person lets it go on.
  local paused = conditions.Reconciling.reason == "Paused"
  return {status = paused and "Suspended" or "Progressing", message = conditions.Reconciling.message}
end
if conditions.Ready ~= nil then
  if conditions.Ready.reason == "Suspended" then
    return {status = "Suspended", message = conditions.Ready.message}
  end
  if is("Ready") then
    return {status = "Healthy", message = conditions.Ready.message}
  end
  health.message = conditions.Ready.message
end
return health
