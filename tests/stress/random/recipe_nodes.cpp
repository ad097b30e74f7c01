#include "tests/stress/random/recipe_nodes.hpp"

#include "tests/stress/random/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sluice::stress {

recipe_node::recipe_node(parts given) : parts_(std::move(given)), dice_(recipe().seed + books().starts) {}

recipe_node::~recipe_node() {
  if (started_ && !stopped_)
    books().complain("an instance was destroyed without on_stop");
}

void recipe_node::check_alive(const char* handler) {
  if (!started_)
    books().complain(fmt::format("{} before on_start", handler));
  if (stopped_)
    books().complain(fmt::format("{} after on_stop", handler));
}

void recipe_node::on_start(node_context& context) {
  if (std::exchange(started_, true))
    books().complain("on_start twice");
  ++books().starts;
  if (books().first_start == 0)
    books().first_start = parts_.clock->fetch_add(1) + 1;
  // What the last instance kept is gone with it.
  books().discarded += std::exchange(books().held, 0);
  if (!recipe().is_source() && dice_.one_in(4))
    context.request_tick(std::chrono::microseconds{dice_.between(0, 500)});
  if (dice_.one_in(recipe().start_throw_every))
    throw std::runtime_error("on_start throws");
}

void recipe_node::on_stop(node_context&) {
  if (!started_)
    books().complain("on_stop without on_start");
  if (std::exchange(stopped_, true))
    books().complain("on_stop twice");
  ++books().stops;
  books().last_stop = parts_.clock->fetch_add(1) + 1;
}

bool recipe_node::on_control(node_context&, std::size_t input, const message& control) {
  check_alive("on_control");
  ++books().controls;
  const auto number = find_number(control);
  if (number && *number != 0 && parts_.graph->all_handle_control())
    for (auto& watch : watches())
      if (watch.from_node == node_of(*number) && watch.from_port == port_of(*number) &&
          watch.to_port == input)
        if (const auto sequence = sequence_of(*number);
            sequence != std::exchange(watch.last_control, sequence) + 1)
          books().complain(fmt::format("control {} of node {} port {} is out of order or repeated", sequence,
                                       watch.from_node, watch.from_port));
  return recipe().handles_control;
}

void recipe_node::emit_numbers(node_context& context, const message* like, std::size_t copies) {
  for (std::size_t copy = 0; copy < copies && !recipe().outputs.empty(); ++copy) {
    if (dice_.one_in(2)) {
      emit_number(context, like, dice_.index(recipe().outputs.size()));
      continue;
    }
    for (std::size_t output = 0; output < recipe().outputs.size(); ++output)
      emit_number(context, like, output);
  }
}

void recipe_node::emit_number(node_context& context, const message* like, std::size_t output) {
  if (books().emitted_in_all() >= recipe().emission_limit)
    return;
  const auto number = number_for(parts_.index, output, ++books().sequence[output]);
  ++books().emitted[output];
  const bool as_text = recipe().outputs[output] == port_kind::any && dice_.one_in(recipe().text_every);
  if (as_text && like)
    context.emit(output, like->with(text(std::to_string(number))));
  else if (as_text)
    context.emit(output, text(std::to_string(number)));
  else if (like)
    context.emit(output, like->with(number));
  else
    context.emit(output, number);
}

void recipe_node::speak_control(node_context& context) {
  constexpr std::uint64_t most = 2000;
  if (recipe().outputs.empty())
    return;
  const auto output = dice_.index(recipe().outputs.size());
  if (books().controls_sent[output] < most)
    context.send_control(output, message(number_for(parts_.index, output, ++books().controls_sent[output])));
}

void recipe_node::throw_something(const char* where) {
  ++books().failures;
  if (dice_.one_in(8))
    throw 42; // NOLINT(hicpp-exception-baseclass): users do
  if (dice_.one_in(2))
    throw error("stress_failure", where);
  throw std::runtime_error(where);
}

void recipe_node::burn() const {
  std::uint64_t value = recipe().seed;
  for (unsigned round = 0; round < recipe().burn; ++round)
    value = value * 6364136223846793005U + 1442695040888963407U;
  volatile auto sink = value;
  (void)sink;
}

std::size_t recipe_source::portion(std::size_t room) {
  switch (recipe().pace) {
  case source_pace::flood:
    return room;
  case source_pace::overshoot:
    return room + chance().magnitude(1000);
  case source_pace::bursts:
    return chance().magnitude(2000);
  case source_pace::trickle:
    return 1;
  }
  return 1;
}

produce_result recipe_source::produce(node_context& context, std::size_t room) {
  check_alive("produce");
  const auto& self = recipe();
  const auto left = [&] { return self.count - std::min(self.count, books().presented); };
  for (auto portions = std::min<std::uint64_t>(portion(room), left()); portions != 0; --portions) {
    ++books().presented;
    burn();
    if (chance().one_in(self.control_every))
      speak_control(context);
    emit_numbers(context, nullptr, 1);
    if (chance().one_in(self.throw_every))
      throw_something("produce throws");
  }
  if (left() == 0 || context.stopping())
    return produce_result::done;
  if (self.pace != source_pace::bursts && self.pace != source_pace::trickle)
    return produce_result::more;
  context.request_tick(std::chrono::microseconds{chance().between(0, 300)});
  return produce_result::wait;
}

void recipe_source::on_end(node_context& context) {
  check_alive("on_end");
  if (recipe().speaks_at_end)
    emit_numbers(context, nullptr, 1);
}

void recipe_transform::on_message(node_context& context, std::size_t input, message& in) {
  check_alive("on_message");
  const auto& self = recipe();
  const auto number = find_number(in);
  if (self.inputs[input] == port_kind::number && !in.get_if<std::uint64_t>())
    books().complain("something that is no number came by a port of numbers");
  auto& waiting = books().deferred[input];
  const auto again = number ? waiting.find(*number) : waiting.end();
  if (again != waiting.end()) {
    waiting.erase(again);
  } else {
    ++books().presented;
    if (number)
      check_order(input, *number);
    if (number && put_off(context, input, *number))
      return;
  }
  burn();
  if (chance().one_in(self.control_every))
    speak_control(context);
  if (chance().one_in(self.fail_every)) {
    ++books().failures;
    context.fail(std::move(in), "stress_failure", "fail() was called");
    return;
  }
  if (chance().one_in(self.swallow_every))
    return;
  pass_on(context, in);
  if (chance().one_in(self.throw_every))
    throw_something("on_message throws");
}

bool recipe_transform::put_off(node_context& context, std::size_t input, std::uint64_t number) {
  constexpr std::uint64_t most = 300; // each may take a millisecond
  if (books().put_offs >= most)
    return false;
  if (chance().one_in(recipe().pause_every)) {
    ++books().put_offs;
    context.pause(input);
    wake_later(context);
  }
  if (!chance().one_in(recipe().defer_every))
    return false;
  ++books().put_offs;
  books().deferred[input].insert(number);
  if (chance().one_in(2)) {
    context.defer(std::chrono::microseconds{chance().between(0, 500)});
  } else {
    context.defer();
    wake_later(context);
  }
  return true;
}

void recipe_transform::check_order(std::size_t input, std::uint64_t number) {
  for (auto& watch : watches()) {
    if (watch.from_node != node_of(number) || watch.from_port != port_of(number) || watch.to_port != input)
      continue;
    const auto sequence = sequence_of(number);
    const auto before = std::exchange(watch.last[sequence % watch.keys], sequence);
    if (sequence <= before || (watch.gapless && sequence != before + 1))
      books().complain(fmt::format("number {} of node {} port {} came by {} after number {}", sequence,
                                   watch.from_node, watch.from_port, input_name(input), before));
    return;
  }
  books().complain(fmt::format("a number of node {} port {} came by {}, but no edge leads here",
                               node_of(number), port_of(number), input_name(input)));
}

void recipe_transform::pass_on(node_context& context, message& in) {
  const auto& self = recipe();
  if (!find_number(in)) {
    if (!self.outputs.empty() && books().emitted_in_all() < self.emission_limit) {
      ++books().emitted[0];
      context.emit(0, std::move(in));
    }
    return;
  }
  if (self.gather == 0) {
    emit_numbers(context, &in, chance().one_in(self.multiply_every) ? self.multiply_by : 1);
    return;
  }
  gathered_.push_back(std::move(in));
  if (gathered_.size() >= self.gather)
    let_go(context);
  else
    wake_later(context);
  books().held = gathered_.size();
  context.set_held(gathered_.size());
}

void recipe_transform::wake_later(node_context& context) {
  context.request_tick(std::chrono::microseconds{chance().between(0, 1000)});
}

void recipe_transform::let_go(node_context& context) {
  for (const auto& each : gathered_)
    emit_numbers(context, &each, 1);
  gathered_.clear();
  books().held = 0;
  context.set_held(0);
}

void recipe_transform::on_tick(node_context& context) {
  check_alive("on_tick");
  for (std::size_t input = 0; input < recipe().inputs.size(); ++input)
    context.resume(input);
  let_go(context);
  if (chance().one_in(recipe().control_every))
    speak_control(context);
  if (chance().one_in(recipe().tick_throw_every))
    throw_something("on_tick throws");
}

void recipe_transform::on_end(node_context& context) {
  check_alive("on_end");
  if (books().deferred_in_all() != 0)
    books().complain("on_end while a deferred message waits");
  let_go(context);
  if (recipe().speaks_at_end)
    emit_numbers(context, nullptr, 1);
  if (chance().one_in(recipe().end_throw_every))
    throw_something("on_end throws");
}

} // namespace sluice::stress
