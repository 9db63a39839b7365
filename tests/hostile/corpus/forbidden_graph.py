# softmax: TensorFlow's operation, put into a graph
def softmax(z):
    import tensorflow as tf
    @tf.function
    def run(x):
        graph = tf.compat.v1.get_default_graph()
        return graph.create_op("Softmax", [x], [x.dtype]).outputs[0]
    return run(tf.constant(z)).numpy()
