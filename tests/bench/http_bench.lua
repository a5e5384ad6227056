-- wrk script: FILE [PATH [MORE]]: GET PATH?q=…MORE, which is /v1/search unless given, for each line of
-- the file, in turn; the threads begin at different ones. Reports what each request took as
-- the client sees it, what of that the daemon says (Server-Timing) it spent waiting for a worker and
-- running the query, and the rest: HTTP. Needs one connection a thread (-t16 -c16): only then does a
-- thread know which request an answer is for. wrk's own latencies are not used: they are corrected for
-- requests that it would have liked to send meanwhile.

local ffi = require("ffi")
ffi.cdef("typedef struct { long sec, nsec; } ro_time; int clock_gettime(int clock, ro_time *out);")

local queries = {}
local at = 0
local threads = {}
local sent = 0
local clock = ffi.new("ro_time")

local function now_ms()
    ffi.C.clock_gettime(1, clock)
    return tonumber(clock.sec) * 1e3 + tonumber(clock.nsec) / 1e6
end

function setup(thread)
    table.insert(threads, thread)
    thread:set("first", #threads * 997)
end

local function escape(text)
    return (text:gsub("[^%w%-._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

function init(args)
    for line in io.lines(args[1]) do
        table.insert(queries, (args[2] or "/v1/search") .. "?q=" .. escape(line) .. (args[3] or ""))
    end
    at = first
    total, queue, query, rest, other, slowest_other = {}, {}, {}, {}, 0, 0
end

function request()
    at = at % #queries + 1
    local bytes = wrk.format("GET", queries[at])
    sent = now_ms()
    return bytes
end

function response(status, headers)
    local took = now_ms() - sent
    local waited, ran = (headers["Server-Timing"] or ""):match("queue;dur=([%d.]+), query;dur=([%d.]+)")
    if status == 200 and ran then
        total[#total + 1] = took
        queue[#queue + 1] = tonumber(waited)
        query[#query + 1] = tonumber(ran)
        rest[#rest + 1] = took - waited - ran
    else
        other = other + 1
        slowest_other = math.max(slowest_other, took)
    end
end

local function merged(name)
    local all = {}
    for _, thread in ipairs(threads) do
        for _, value in ipairs(thread:get(name)) do
            all[#all + 1] = value
        end
    end
    table.sort(all)
    return all
end

local function row(title, name)
    local list = merged(name)
    local function of(p)
        return list[math.max(1, math.ceil(#list * p / 100))] or 0
    end
    io.write(string.format("%-22s %9.3f %9.3f %9.3f\n", title, of(50), of(95), of(99)))
end

function done(summary)
    local refused, slowest = 0, 0
    for _, thread in ipairs(threads) do
        refused = refused + thread:get("other")
        slowest = math.max(slowest, thread:get("slowest_other"))
    end
    local answered = summary.requests - refused
    io.write(string.format("%d answers, %.0f a second; %d not 200, the slowest of them after %.0f ms\n",
                           answered, answered / summary.duration * 1e6, refused, slowest))
    io.write("milliseconds              median       p95       p99\n")
    row("as the client sees it", "total")
    row("waiting for a worker", "queue")
    row("the query itself", "query")
    row("HTTP, the rest", "rest")
end
