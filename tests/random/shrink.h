// Reduction of a failing random program: smaller programs are tried until none of them fails any more.
#pragma once
#include "generate.h"

namespace rasp::testing {

class Shrinker {
 public:
  using Fails = std::function<bool(const RandomProgram&)>;
  Shrinker(RandomProgram program, const Fails& fails, unsigned most_attempts)
      : best_(std::move(program)), fails_(fails), attempts_(most_attempts) {}

  RandomProgram run() {
    while (drop_statements() || end_earlier() || smaller_input() || smaller_trees()) {}
    return best_;
  }

 private:
  static Tree leaf(Type type) {
    static const char* const texts[] = {"indices", "(indices / 2)", "(indices < 1)", "tokens", "full_s"};
    Tree t;
    t.type = type;
    t.text = texts[static_cast<int>(type)];
    return t;
  }

  bool attempt(RandomProgram candidate) {
    if (attempts_ == 0) return false;
    --attempts_;
    candidate.source = render(candidate.statements);
    if (candidate.source == best_.source && candidate.vocabulary.size() == best_.vocabulary.size() &&
        candidate.max_length == best_.max_length && candidate.causal == best_.causal) {
      return false;
    }
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Forgets statement `gone`: what named it becomes a leaf, later statements move up.
  static void forget(Tree& tree, int gone) {
    if (tree.statement == gone) {
      tree = leaf(tree.type);
      return;
    }
    if (tree.statement > gone) --tree.statement;
    for (Tree& operand : tree.operands) forget(operand, gone);
  }

  bool drop_statements() {
    for (std::size_t i = best_.statements.size() - 1; i-- > 0;) {
      RandomProgram candidate = best_;
      candidate.statements.erase(candidate.statements.begin() + static_cast<std::ptrdiff_t>(i));
      for (Statement& s : candidate.statements) {
        forget(s.value, static_cast<int>(i));
        if (s.kind == Statement::Kind::Loop) forget(s.step, static_cast<int>(i));
      }
      if (attempt(std::move(candidate))) return true;
    }
    return false;
  }

  bool end_earlier() {
    for (std::size_t i = 0; i + 1 < best_.statements.size(); ++i) {
      const Statement& s = best_.statements[i];
      if (s.kind == Statement::Kind::Function || s.type == Type::Selector) continue;
      RandomProgram candidate = best_;
      candidate.statements.resize(i + 1);
      if (attempt(std::move(candidate))) return true;
    }
    return false;
  }

  bool smaller_input() {
    RandomProgram candidate = best_;
    candidate.causal = false;
    if (best_.causal && attempt(candidate)) return true;
    candidate = best_;
    if (--candidate.max_length > 0 && attempt(candidate)) return true;
    for (std::size_t i = 0; best_.vocabulary.size() > 1 && i < best_.vocabulary.size(); ++i) {
      candidate = best_;
      candidate.vocabulary.erase(candidate.vocabulary.begin() + static_cast<std::ptrdiff_t>(i));
      if (attempt(candidate)) return true;
    }
    return false;
  }

  // Tries, at every place of the tree that `root` finds in a program, an operand of the same type or a leaf.
  template <class Root>
  bool smaller_tree(const Root& root, std::vector<std::size_t>& path) {
    Tree* here = at(root(best_), path);
    const Tree original = *here;
    const auto replaced = [&](Tree by) {
      RandomProgram candidate = best_;
      *at(root(candidate), path) = std::move(by);
      return attempt(std::move(candidate));
    };
    if (original.text != leaf(original.type).text && replaced(leaf(original.type))) return true;
    for (const Tree& operand : original.operands) {
      if (operand.type == original.type && replaced(operand)) return true;
    }
    for (std::size_t i = 0; i < original.operands.size(); ++i) {
      path.push_back(i);
      if (smaller_tree(root, path)) return true;
      path.pop_back();
    }
    return false;
  }

  static Tree* at(Tree& root, const std::vector<std::size_t>& path) {
    Tree* t = &root;
    for (std::size_t i : path) t = &t->operands[i];
    return t;
  }

  bool smaller_trees() {
    for (std::size_t i = 0; i < best_.statements.size(); ++i) {
      if (best_.statements[i].kind == Statement::Kind::Loop) {
        RandomProgram candidate = best_;
        candidate.statements[i].kind = Statement::Kind::Assign;
        if (attempt(candidate)) return true;
        candidate.statements[i].kind = Statement::Kind::Loop;
        candidate.statements[i].turns = 1;
        if (attempt(candidate)) return true;
        std::vector<std::size_t> path;
        if (smaller_tree([i](RandomProgram& p) -> Tree& { return p.statements[i].step; }, path)) return true;
      }
      std::vector<std::size_t> path;
      if (smaller_tree([i](RandomProgram& p) -> Tree& { return p.statements[i].value; }, path)) return true;
    }
    return false;
  }

  RandomProgram best_;
  const Fails& fails_;
  unsigned attempts_;
};

// A smallest program found that still fails; `still_fails(program)` must hold.
inline RandomProgram shrink(RandomProgram program, const std::function<bool(const RandomProgram&)>& still_fails,
                            unsigned most_attempts = 2000) {
  return Shrinker(std::move(program), still_fails, most_attempts).run();
}

}  // namespace rasp::testing
