package org.xprompt4j.cuda.emulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Orders the nodes of a control flow graph so that, loops apart, every node comes after all its predecessors, and the nodes of a loop lie together
 * (a weak topological order: Bourdoncle, "Efficient chaotic iteration strategies with widenings", 1993). Running the lowest path of a warp first
 * then lets diverged lanes meet at the earliest join, and lanes that left a loop wait for those still in it.
 */
final class LoopOrder {
    private static final int DEEPEST = 500;

    private final int[][] successors;
    private final boolean[] inside;
    private final List<Integer> order = new ArrayList<>();

    private LoopOrder(int[][] successors) {
        this.successors = successors;
        this.inside = new boolean[successors.length];
    }

    /** Nodes reachable from node 0, in order. */
    static int[] of(int[][] successors) {
        LoopOrder ordering = new LoopOrder(successors);
        List<Integer> all = new ArrayList<>();
        for (int i = 1; i < successors.length; i++) {
            all.add(i);
        }
        ordering.order.add(0);
        ordering.visit(all, 0, 0);
        return ordering.order.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Appends the nodes, which lie in a loop or are all, that are reachable from a head already in the order. */
    private void visit(List<Integer> nodes, int head, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("loops are nested more than " + DEEPEST + " deep");
        }
        nodes.forEach(node -> inside[node] = true);
        List<List<Integer>> components = components(head);
        nodes.forEach(node -> inside[node] = false);
        for (int i = components.size() - 1; i >= 0; i--) {
            List<Integer> component = components.get(i);
            if (component.size() == 1 && component.getFirst() == head) {
                continue;
            }
            int first = component.getLast();
            order.add(first);
            if (component.size() > 1) {
                List<Integer> inner = new ArrayList<>(component);
                inner.remove(Integer.valueOf(first));
                visit(inner, first, depth + 1);
            }
        }
    }

    /** Strongly connected components among the inside nodes reachable from a start (Tarjan, without recursion), later ones first; in each the node entered first is last. */
    private List<List<Integer>> components(int start) {
        int[] number = new int[successors.length];
        int[] low = new int[successors.length];
        boolean[] stacked = new boolean[successors.length];
        int[] edge = new int[successors.length];
        Arrays.fill(number, -1);
        Deque<Integer> path = new ArrayDeque<>();
        Deque<Integer> stack = new ArrayDeque<>();
        List<List<Integer>> found = new ArrayList<>();
        int count = 0;
        path.push(start);
        while (!path.isEmpty()) {
            int node = path.peek();
            if (number[node] < 0) {
                number[node] = low[node] = count++;
                stack.push(node);
                stacked[node] = true;
            }
            if (edge[node] < successors[node].length) {
                int next = successors[node][edge[node]++];
                if (!inside[next]) {
                    continue;
                }
                if (number[next] < 0) {
                    path.push(next);
                } else if (stacked[next]) {
                    low[node] = Math.min(low[node], number[next]);
                }
                continue;
            }
            path.pop();
            if (!path.isEmpty()) {
                low[path.peek()] = Math.min(low[path.peek()], low[node]);
            }
            if (low[node] == number[node]) {
                List<Integer> component = new ArrayList<>();
                int member;
                do {
                    member = stack.pop();
                    stacked[member] = false;
                    component.add(member);
                } while (member != node);
                found.add(component);
            }
        }
        return found;
    }
}
