-- wrk script: GET /v1/search for each line of QUERIES in turn; reports latencies, and what the daemon
-- says (Server-Timing) it spent waiting for a worker and running the query.

local queries = {}
local at = 0
local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("first", #threads * 997)
end

local function escape(text)
    return (text:gsub("[^%w%-._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

function init(args)
    for line in io.lines(args[1]) do
        table.insert(queries, "/v1/search?q=" .. escape(line))
    end
    at = first
    queue, query, other = {}, {}, 0
end

function request()
    at = at % #queries + 1
    return wrk.format("GET", queries[at])
end

function response(status, headers)
    local waited, ran = (headers["Server-Timing"] or ""):match("queue;dur=([%d.]+), query;dur=([%d.]+)")
    if status == 200 and ran then
        queue[#queue + 1] = tonumber(waited)
        query[#query + 1] = tonumber(ran)
    else
        other = other + 1
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

local function row(name, at_percent)
    io.write(string.format("%-22s %9.3f %9.3f %9.3f\n", name, at_percent(50), at_percent(95), at_percent(99)))
end

function done(summary, latency)
    local waits, runs = merged("queue"), merged("query")
    local function of(list)
        return function(p) return list[math.max(1, math.ceil(#list * p / 100))] or 0 end
    end
    local refused = 0
    for _, thread in ipairs(threads) do
        refused = refused + thread:get("other")
    end
    io.write(string.format("%d answers, %.0f a second, %d not 200\n", summary.requests,
                           summary.requests / summary.duration * 1e6, refused))
    io.write("milliseconds              median       p95       p99\n")
    row("as the client sees it", function(p) return latency:percentile(p) / 1000 end)
    row("waiting for a worker", of(waits))
    row("the query itself", of(runs))
    local mean = 0
    for i = 1, #runs do
        mean = mean + runs[i] + waits[i]
    end
    io.write(string.format("HTTP and network add %.3f ms on average\n",
                           latency.mean / 1000 - mean / math.max(1, #runs)))
end
