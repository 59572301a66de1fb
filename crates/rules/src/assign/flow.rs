//! From areas with households left over to areas with room, by the shortest ways.

use super::place;
use super::place::Ways;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Up to so many areas with something left over, on both sides together, ways are the shortest there are. Beyond it
/// the nearest two go first, which is some percent longer at worst in what we measured and takes seconds for a city.
pub const EXACT: usize = 160;

/// So many from one area to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    pub from: u32,
    pub to: u32,
    pub many: u32,
}

/// Sends `count` households of each area to `room` in each area; as many as fit. Sorted.
pub(super) fn flow(count: &[u32], room: &[u32], ways: &Ways) -> Vec<Flow> {
    let mut flows = Vec::new();
    let (mut left, mut free) = (Vec::new(), Vec::new());
    for (area, (count, room)) in count.iter().zip(room).enumerate() {
        let own = *count.min(room);
        if own > 0 {
            flows.push(Flow { from: place(area), to: place(area), many: own });
        }
        if *count > own {
            left.push((place(area), count - own));
        }
        if *room > own {
            free.push((place(area), room - own));
        }
    }
    if left.len() + free.len() <= EXACT {
        flows.extend(shortest(&left, &free, ways));
    } else {
        flows.extend(nearest_first(left, free, ways));
    }
    flows.sort_unstable();
    flows
}

/// The nearest two areas first, again and again.
pub(super) fn nearest_first(mut left: Vec<(u32, u32)>, mut free: Vec<(u32, u32)>, ways: &Ways) -> Vec<Flow> {
    let nearest = |from: u32, free: &[(u32, u32)]| {
        let open = free.iter().enumerate().filter(|(_, (_, room))| *room > 0);
        open.map(|(n, (to, _))| (ways.between(from, *to), n)).min()
    };
    let mut flows = Vec::new();
    let mut queue = BinaryHeap::new();
    for (n, (from, _)) in left.iter().enumerate() {
        queue.extend(nearest(*from, &free).map(|(way, to)| Reverse((way, n, to))));
    }
    while let Some(Reverse((_, n, to))) = queue.pop() {
        let many = left[n].1.min(free[to].1);
        if many > 0 {
            flows.push(Flow { from: left[n].0, to: free[to].0, many });
            left[n].1 -= many;
            free[to].1 -= many;
        }
        if left[n].1 > 0 {
            queue.extend(nearest(left[n].0, &free).map(|(way, to)| Reverse((way, n, to))));
        }
    }
    flows
}

/// The shortest ways there are: one shortest augmenting path after another (with Dijkstra and potentials).
pub(super) fn shortest(left: &[(u32, u32)], free: &[(u32, u32)], ways: &Ways) -> Vec<Flow> {
    let (rows, columns) = (left.len(), free.len());
    let way = |row: usize, column: usize| {
        i64::try_from(ways.between(left[row].0, free[column].0)).unwrap_or(i64::MAX / 4)
    };
    let mut sent = vec![0u32; rows * columns];
    let mut supply: Vec<u32> = left.iter().map(|l| l.1).collect();
    let mut room: Vec<u32> = free.iter().map(|f| f.1).collect();
    // Potentials: rows first, then columns. Ways are never negative, so none to begin with.
    let mut potential = vec![0i64; rows + columns];
    while let Some((path, lengths)) = cheapest(&supply, &room, &sent, &potential, &way) {
        // Every node is reached: each row is joined to each column, and a row without supply has sent something.
        for (p, length) in potential.iter_mut().zip(&lengths) {
            *p += *length;
        }
        // The path: row, column, row, …, column. Going back from a column to a row takes away.
        let (first, last) = (path[0], path[path.len() - 1] - rows);
        let mut many = supply[first].min(room[last]);
        for pair in path.windows(2).filter(|pair| pair[0] >= rows) {
            many = many.min(sent[pair[1] * columns + pair[0] - rows]);
        }
        for pair in path.windows(2) {
            match pair[0] < rows {
                true => sent[pair[0] * columns + pair[1] - rows] += many,
                false => sent[pair[1] * columns + pair[0] - rows] -= many,
            }
        }
        supply[first] -= many;
        room[last] -= many;
    }
    let mut flows = Vec::new();
    for row in 0..rows {
        for column in (0..columns).filter(|c| sent[row * columns + c] > 0) {
            flows.push(Flow { from: left[row].0, to: free[column].0, many: sent[row * columns + column] });
        }
    }
    flows
}

/// The cheapest way from a row with supply to a column with room, through what has been sent, and how far each node
/// is; dense Dijkstra.
fn cheapest(
    supply: &[u32],
    room: &[u32],
    sent: &[u32],
    potential: &[i64],
    way: &dyn Fn(usize, usize) -> i64,
) -> Option<(Vec<usize>, Vec<i64>)> {
    let (rows, columns) = (supply.len(), room.len());
    let count = rows + columns;
    let mut length = vec![i64::MAX; count];
    let mut from = vec![usize::MAX; count];
    let mut done = vec![false; count];
    // A source before all rows with supply, whose potential stays nothing.
    for row in (0..rows).filter(|r| supply[*r] > 0) {
        length[row] = -potential[row];
    }
    let next = |done: &[bool], length: &[i64]| {
        (0..count).filter(|n| !done[*n] && length[*n] < i64::MAX).min_by_key(|n| (length[*n], *n))
    };
    while let Some(node) = next(&done, &length) {
        done[node] = true;
        let mut relax = |to: usize, cost: i64| {
            let next = length[node] + cost + potential[node] - potential[to];
            if next < length[to] {
                length[to] = next;
                from[to] = node;
            }
        };
        if node < rows {
            (0..columns).for_each(|c| relax(rows + c, way(node, c)));
        } else {
            let column = node - rows;
            for row in (0..rows).filter(|r| sent[r * columns + column] > 0) {
                relax(row, -way(row, column));
            }
        }
    }
    // The cheapest column: the true price is the reduced length plus its potential.
    let end = (0..columns)
        .filter(|c| room[*c] > 0 && length[rows + c] < i64::MAX)
        .min_by_key(|c| (length[rows + c] + potential[rows + c], *c))?;
    let mut path = vec![rows + end];
    while let Some(before) = path.last().map(|n| from[*n]).filter(|n| *n != usize::MAX) {
        path.push(before);
    }
    path.reverse();
    Some((path, length))
}
