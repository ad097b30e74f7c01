#include "persistence/rules/file_events.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

void file_events::begin(std::vector<directory_event> events, utc_time now) {
  events_ = std::move(events);
  next_ = 0;
  now_ = now;
  stamped_.reset();
}

void file_events::forget() {
  begin({}, now_);
  waiting_.clear();
}

std::string_view file_events::next_name() const noexcept {
  return next_ == events_.size() ? std::string_view() : events_[next_].name;
}

bool file_events::take_next(int directory) {
  if (next_ == events_.size())
    return look_again(directory);
  carry_out(directory, events_[next_++]);
  return true;
}

void file_events::carry_out(int directory, const directory_event& event) {
  using kind = directory_event::kind;
  // How Kubernetes swaps all files of a mounted volume: they are links that lead through this one.
  if (event.name == "..data" && (event.what == kind::created || event.what == kind::moved_in))
    folder_->scan(directory);
  if (!is_rule_file(event.name))
    return;
  if (event.what != kind::touched)
    waiting_.erase(event.name);
  switch (event.what) {
  case kind::created:
    see_created(directory, event.name);
    return;
  case kind::written:
  case kind::moved_in:
    folder_->read(directory, event.name);
    return;
  case kind::touched:
    if (folder_->is_unreadable(event.name))
      folder_->read(directory, event.name);
    return;
  case kind::deleted:
    // When it is there again, an event that says so follows.
    if (!find_entry(directory, event.name))
      folder_->drop(event.name);
    return;
  case kind::moved_out:
    see_moved_out(directory, event);
    return;
  case kind::missed:
    return;
  }
}

void file_events::see_created(int directory, const std::string& file) {
  const auto entry = find_entry(directory, file);
  if (entry && entry->may_be_unfinished)
    waiting_[file] = {now_, entry->stamp};
  else if (entry)
    folder_->read(directory, file);
}

void file_events::see_moved_out(int directory, const directory_event& event) {
  const auto& file = event.name;
  const auto target = target_of(event);
  if (target == file + '~') {
    waiting_[file] = {now_, std::nullopt};
    return;
  }
  const auto moved = target ? target : find_moved(directory, file);
  // What was read under the new name since then is newer than what is carried there.
  if (moved && is_rule_file(*moved) && !folder_->is_current(directory, *moved))
    folder_->carry(file, *moved);
  if (!find_entry(directory, file))
    folder_->drop(file);
  else if (target)
    // The two may have changed places.
    folder_->read(directory, file);
}

std::optional<std::string> file_events::target_of(const directory_event& event) const {
  for (auto other = next_; other < events_.size(); ++other)
    if (events_[other].what == directory_event::kind::moved_in && events_[other].move == event.move)
      return events_[other].name;
  return std::nullopt;
}

/// The other half of a rename may not have been told yet; the file is there already.
std::optional<std::string> file_events::find_moved(int directory, const std::string& file) {
  const auto stamp = folder_->stamp_of(file);
  if (!stamp)
    return std::nullopt;
  if (!stamped_)
    stamped_ = stamped_rule_files(directory);
  const auto found = stamped_->find(*stamp);
  return found == stamped_->end() ? std::nullopt : std::optional(found->second);
}

bool file_events::look_again(int directory) {
  const auto due = std::find_if(waiting_.begin(), waiting_.end(), [this](const auto& each) {
    return now_ < each.second.since || now_ - each.second.since >= patience;
  });
  if (due == waiting_.end())
    return false;
  const auto [file, seen] = *due;
  waiting_.erase(due);
  const auto entry = find_entry(directory, file);
  if (!entry)
    folder_->drop(file);
  else if (seen.stamp && entry->stamp != *seen.stamp)
    waiting_[file] = {now_, entry->stamp};
  else
    folder_->read(directory, file);
  return true;
}

} // namespace sluice
