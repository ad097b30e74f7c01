#include "actors/flow/node_outputs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {

namespace {

/// Buffers a node keeps for its next batches; more would only be memory at rest.
constexpr std::size_t spares_kept = 8;
/// Buffers that once held more than this are not kept.
constexpr std::size_t spare_messages = 4 * defaults::batch_messages;

} // namespace

node_outputs::node_outputs(const planned_node& plan, const std::vector<planned_edge>& edges,
                           node_links& links)
    : links_(&links),
      edges_of_port_(plan.ports.outputs.size() + 1),
      rooms_(plan.ports.outputs.size() + 1, unlimited),
      error_port_(plan.ports.outputs.size()) {
  for (const auto edge : plan.outputs) {
    const auto port = edges[edge].from_port;
    edges_of_port_[port].push_back(ends_.size());
    ends_.push_back(edge_end{port, !edges[edge].settings.lossless(), edges[edge].settings.feedback});
    if (rooms_[port] == unlimited)
      limited_ports_.push_back(port);
    rooms_[port] = 0;
  }
  add_pass_port();
}

void node_outputs::add_pass_port() {
  std::vector<std::size_t> forward;
  for (const auto output : edges_of_port_[0])
    if (!ends_[output].feedback)
      forward.push_back(output);
  if (forward.size() == edges_of_port_[0].size())
    return;
  pass_port_ = edges_of_port_.size();
  edges_of_port_.push_back(std::move(forward));
  // Its edges are those of the first port, which counts their room.
  rooms_.push_back(unlimited);
}

void node_outputs::add_credit(std::size_t output, std::size_t count, batch_pointer spare) {
  if (spare && spares_.size() < spares_kept && spare->messages.capacity() <= spare_messages)
    spares_.push_back(std::move(spare));
  ends_[output].credit += count;
  drain_outbox(output);
  update_room(ends_[output].port);
}

std::size_t node_outputs::give_back_credit(std::size_t output, std::size_t count) {
  const auto given = std::min(ends_[output].credit, count);
  ends_[output].credit -= given;
  update_room(ends_[output].port);
  return given;
}

std::size_t node_outputs::room() const noexcept {
  return *std::min_element(rooms_.begin(), rooms_.end());
}

std::uint64_t node_outputs::flush(node_context& context, std::uint64_t& unrouted) {
  std::uint64_t count = 0;
  for (std::size_t port = 0; port < edges_of_port_.size(); ++port) {
    auto& emitted = context.outputs()[port];
    if (emitted.empty())
      continue;
    count += emitted.size();
    if (edges_of_port_[port].empty())
      unrouted += emitted.size();
    else
      route(port, emitted);
    emitted.clear();
  }
  return count;
}

void node_outputs::route(std::size_t port, std::vector<message>& emitted) {
  const auto& outputs = edges_of_port_[port];
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    auto& end = ends_[outputs[i]];
    const bool last = i + 1 == outputs.size();
    if (last && end.outbox.empty() && emitted.size() <= end.credit) {
      auto batch = take_spare();
      batch->messages.swap(emitted);
      send(outputs[i], std::move(batch));
      continue;
    }
    outbox_ += emitted.size();
    if (last)
      std::move(emitted.begin(), emitted.end(), std::back_inserter(end.outbox));
    else
      end.outbox.insert(end.outbox.end(), emitted.begin(), emitted.end());
    drain_outbox(outputs[i]);
  }
  update_room(port == pass_port_ ? 0 : port);
}

void node_outputs::send(std::size_t output, batch_pointer batch) {
  ends_[output].credit -= batch->messages.size();
  links_->send_batch(output, std::move(batch));
}

void node_outputs::drain_outbox(std::size_t output) {
  auto& end = ends_[output];
  const auto count = std::min(end.credit, end.outbox.size() - end.outbox_sent);
  if (count == 0)
    return;
  auto batch = take_spare();
  const auto first = end.outbox.begin() + static_cast<std::ptrdiff_t>(end.outbox_sent);
  const auto last = first + static_cast<std::ptrdiff_t>(count);
  batch->messages.assign(std::make_move_iterator(first), std::make_move_iterator(last));
  end.outbox_sent += count;
  // The gap in front is closed when it is half of it all: so each message is moved about once, however long
  // the outbox is.
  if (2 * end.outbox_sent >= end.outbox.size()) {
    end.outbox.erase(end.outbox.begin(), last);
    end.outbox_sent = 0;
  }
  outbox_ -= count;
  send(output, std::move(batch));
}

void node_outputs::update_room(std::size_t port) {
  auto room = unlimited;
  for (const auto output : edges_of_port_[port])
    room = std::min(room, ends_[output].outbox.empty() ? ends_[output].credit : 0);
  rooms_[port] = room;
}

bool node_outputs::settled() const noexcept {
  return std::all_of(ends_.begin(), ends_.end(), [](const edge_end& end) {
    const bool controls_handled =
        end.control_places == defaults::control_places && end.control_outbox.empty();
    return controls_handled && (!end.lossy || end.credit == defaults::lossy_window);
  });
}

std::size_t node_outputs::discard() {
  for (auto& end : ends_) {
    end.outbox.clear();
    end.outbox_sent = 0;
    end.control_outbox.clear();
  }
  control_waiting_ = 0;
  return std::exchange(outbox_, 0);
}

void node_outputs::send_marker(const message& marker) {
  for (std::size_t output = 0; output < ends_.size(); ++output) {
    auto batch = take_spare();
    batch->marker = marker;
    links_->send_batch(output, std::move(batch));
  }
}

void node_outputs::send_control(std::size_t port, const message& control) {
  for (std::size_t output = 0; output < ends_.size(); ++output) {
    auto& end = ends_[output];
    if (port == all_ports ? end.port == error_port_ || end.feedback : end.port != port)
      continue;
    if (end.control_places == 0) {
      end.control_outbox.push_back(control);
      ++control_waiting_;
      ++control_queued_;
      continue;
    }
    --end.control_places;
    links_->send_control(output, control);
  }
}

void node_outputs::add_control_credit(std::size_t output) {
  auto& end = ends_[output];
  if (end.control_outbox.empty()) {
    ++end.control_places;
    return;
  }
  auto control = std::move(end.control_outbox.front());
  end.control_outbox.pop_front();
  --control_waiting_;
  links_->send_control(output, std::move(control));
}

batch_pointer node_outputs::take_spare() {
  if (spares_.empty()) {
    auto batch = std::make_shared<message_batch>();
    return batch;
  }
  auto spare = std::move(spares_.back());
  spares_.pop_back();
  return spare;
}

} // namespace sluice
