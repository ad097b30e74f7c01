#include "model/message/json.hpp"

#include "model/run/json_members.hpp"
#include "runtime/server/strict_json.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/runs_json.hpp"
#include "runtime/wire/runs_reader.hpp"
#include "runtime/wire/server_reader.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace sluice::fuzz {

namespace {

using nlohmann::ordered_json;

/// What was read is written so that it is read again as the same.
void read_and_write(std::string_view input) {
  sluice::json document;
  if (!accepts({"bad_json"}, [&] { document = sluice::json::parse(input); }))
    return;
  const auto text = document.dump();
  const auto again = sluice::json::parse(text);
  require(again.dump() == text, "what was written is read and written the same");
  require(again.value() == document.value(), "what was written means the same");
  require(ordered_json::accept(text), "what was written is JSON");
  findings twice;
  find_duplicate_members(input, "", twice);
}

void read_strictly(std::string_view input) {
  const auto strict = parse_strict_object(input);
  if (!strict)
    return;
  require(strict->is_object(), "strict JSON is an object");
  findings twice;
  find_duplicate_members(input, "", twice);
  require(twice.empty(), "strict JSON has no member twice");
}

/// What a client makes of a server's answers.
void read_answers(std::string_view input) {
  ordered_json answer;
  if (!accepts({"bad_answer"}, [&] { answer = parse_answer(input); }))
    return;
  const auto read = [&](auto* reader) { return accepts({"bad_answer"}, [&] { (void)reader(answer); }); };
  read(read_run);
  read(read_created);
  read(read_command_answer);
  read(read_tick);
  read(read_lane);
  read(read_flow);
  read(read_flow_view);
  read(read_flow_edge);
  read(read_lease);
  read(read_audit);
  read(read_health);
  read(read_run_view);
  if (read(read_event)) {
    const auto event = read_event(answer);
    require(event_json(read_event(ordered_json::parse(event_json(event)))) == event_json(event),
            "an event survives being written and read");
  }
}

} // namespace

void feed_json(std::string_view input) {
  read_and_write(input);
  read_strictly(input);
  read_answers(input);
}

} // namespace sluice::fuzz
