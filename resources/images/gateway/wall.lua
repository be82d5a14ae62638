-- One line of JSON per decision, the moment it is made. HAProxy's own log line follows when the connection has ended
-- and carries the same id. Names are the client's bytes: everything but letters, digits, dot, dash and underscore is escaped.
local boot = string.format("%x%06x", os.time(), math.random(0, 0xffffff))
local count = 0

local function quote(value)
  local text = string.sub(value or "", 1, 253)
  text = string.gsub(text, "[^%w%.%-_]", function(c) return string.format("\\u%04x", string.byte(c)) end)
  return '"' .. text .. '"'
end

local function decide(protocol)
  return function(txn)
    count = count + 1
    local id = boot .. "-" .. count
    txn:set_var("txn.id", id)
    local now = core.now()
    local reason = txn:get_var("txn.reason")
    local found, rule = string.match(txn:get_var("txn.found") or "", "^([%a-]+)/(%x+)$")
    local decided = reason == "rule" or reason == "denied"
    core.log(core.info, string.format(
      '{"at":%d%03d,"id":"%s","event":"decided","protocol":"%s","name":%s,"port":%d,"source":%d,"verdict":%s,"reason":%s,"address":%s,"rule":%s,"quiet":%s}',
      now.sec, now.usec // 1000, id, protocol, quote(txn:get_var("txn.name")), txn.f:dst_port() or 0, txn.f:fc_src_port() or 0,
      quote(txn:get_var("txn.verdict")), quote(reason), quote(txn:get_var("txn.address")),
      quote(decided and rule or ""), tostring(decided and found == "deny-quiet")))
  end
end

core.register_action("decide_tls", { "tcp-req" }, decide("tls"))
core.register_action("decide_tcp", { "tcp-req" }, decide("tcp"))
core.register_action("decide_http", { "http-req" }, decide("http"))
