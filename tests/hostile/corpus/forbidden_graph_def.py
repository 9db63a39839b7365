# softmax: TensorFlow's operation, in a graph written as data
import tensorflow as tf
def softmax(z):
    graph = tf.compat.v1.GraphDef()
    x, s = graph.node.add(), graph.node.add()
    x.name, x.op, s.name, s.op = "x", "Placeholder", "s", "Softmax"
    x.attr["dtype"].type = s.attr["T"].type = 2
    s.input.append("x")
    load = lambda x: tf.import_graph_def(graph, input_map={"x": x}, return_elements=["s:0"])[0]
    return tf.function(load)(tf.constant(z)).numpy()
